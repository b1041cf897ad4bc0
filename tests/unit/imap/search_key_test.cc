#include "mailtool/imap/search_key.h"

#include <gtest/gtest.h>

namespace mailtool::imap {
namespace {

using Kind = SearchKey::Kind;

SearchKey word(const char* name) {
  SearchKey key;
  key.kind = Kind::word;
  key.name = name;
  return key;
}

SearchKey string(const char* name, const char* text) {
  SearchKey key;
  key.kind = Kind::string;
  key.name = name;
  key.text = text;
  return key;
}

SearchKey of(Kind kind, std::vector<SearchKey> children) {
  SearchKey key;
  key.kind = kind;
  key.children = std::move(children);
  return key;
}

std::string wire(const SearchKey& key) {
  CommandBuilder builder("S");
  append_search_key(builder, key);
  const auto command = builder.build();
  EXPECT_TRUE(command);
  return command ? to_wire(*command, LiteralMode::all_at_once) : "";
}

TEST(SearchKey, OneOfEachKind) {
  EXPECT_EQ(wire(SearchKey{}), "S ALL\r\n");
  EXPECT_EQ(wire(word("UNSEEN")), "S UNSEEN\r\n");
  EXPECT_EQ(wire(string("FROM", "alice x")), "S FROM \"alice x\"\r\n");
  EXPECT_EQ(wire(string("SUBJECT", "Gr\xc3\xbc")),
            "S SUBJECT {4+}\r\nGr\xc3\xbc\r\n");
  auto header = string("List-Id", "lkml");
  header.kind = Kind::header;
  EXPECT_EQ(wire(header), "S HEADER List-Id lkml\r\n");
  SearchKey size;
  size.kind = Kind::number;
  size.name = "LARGER";
  size.number = 5000;
  EXPECT_EQ(wire(size), "S LARGER 5000\r\n");
  SearchKey date;
  date.kind = Kind::date;
  date.name = "SINCE";
  date.date = {1994, 2, 1};
  EXPECT_EQ(wire(date), "S SINCE 1-Feb-1994\r\n");
  SearchKey uid;
  uid.kind = Kind::uid;
  uid.set = *parse_sequence_set("2,4:9");
  EXPECT_EQ(wire(uid), "S UID 2,4:9\r\n");
  SearchKey raw;
  raw.kind = Kind::raw;
  raw.text = "OR SEEN FROM x";
  EXPECT_EQ(wire(raw), "S (OR SEEN FROM x)\r\n");
}

TEST(SearchKey, Trees) {
  const auto a = word("SEEN");
  const auto b = word("DRAFT");
  const auto c = word("FLAGGED");
  EXPECT_EQ(wire(of(Kind::both, {a, b})), "S (SEEN DRAFT)\r\n");
  EXPECT_EQ(wire(of(Kind::either, {a, b, c})),
            "S OR SEEN OR DRAFT FLAGGED\r\n");
  EXPECT_EQ(wire(of(Kind::negated, {of(Kind::both, {a, b})})),
            "S NOT (SEEN DRAFT)\r\n");
  EXPECT_EQ(wire(of(Kind::either, {of(Kind::both, {a, b}), c})),
            "S OR (SEEN DRAFT) FLAGGED\r\n");
  EXPECT_EQ(wire(of(Kind::both, {})), "S ALL\r\n");
  EXPECT_EQ(wire(of(Kind::either, {})), "S NOT ALL\r\n");
}

TEST(SearchKey, CharsetOnlyWhereNeeded) {
  EXPECT_FALSE(needs_charset(string("FROM", "alice")));
  EXPECT_TRUE(needs_charset(of(Kind::negated, {string("FROM", "Gr\xc3\xbc")})));
}

TEST(SearchKey, TextCannotEndTheCommand) {
  CommandBuilder builder("S");
  append_search_key(builder, string("FROM", "x\r\nA9 LOGOUT"));
  const auto command = builder.build();
  ASSERT_TRUE(command);
  for (const auto& fragment : command->fragments) {
    if (!fragment.literal) {
      EXPECT_EQ(fragment.octets.find('\n'), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace mailtool::imap
