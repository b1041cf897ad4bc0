#include <gtest/gtest.h>

#include "app/imap_uid_set.h"

namespace mailtool::app {
namespace {

std::string written(const UidBlock& block) {
  StringSink out(1'000'000);
  EXPECT_TRUE(write_uid_block(out, block));
  return out.take();
}

TEST(UidSet, AsTheContractHasIt) {
  EXPECT_EQ(
      written({"INBOX", 1795220040, *imap::parse_sequence_set("2,4,6,8:12")}),
      "#mailtool-uids v1 folder=\"INBOX\" uidvalidity=1795220040 n=8\n"
      "2,4,6,8:12\n"
      "#end n=8\n");
}

TEST(UidSet, RoundTrip) {
  imap::SequenceSet sparse;
  for (std::uint32_t uid = 1; uid < 20'000; uid += 3) sparse.add(uid);
  const std::vector<UidBlock> blocks = {
      {"INBOX", 7, *imap::parse_sequence_set("1:3")},
      {"a \"b\" \\c", 4294967295, sparse},
      {"Entwürfe", 0, {}}};
  std::string text;
  for (const auto& block : blocks) text += written(block);
  const auto read = read_uid_blocks(text);
  ASSERT_TRUE(read) << read.error().one_line();
  EXPECT_EQ(*read, blocks);
}

// As typed; a set never names a role.
TEST(UidSet, NamesAreAsTyped) {
  const UidBlock block{"@trash", 7, *imap::parse_sequence_set("1")};
  auto text = written(block);
  EXPECT_NE(text.find("folder=\"@@trash\""), text.npos) << text;
  EXPECT_EQ(read_uid_blocks(text)->front(), block);
  text.erase(text.find("@@"), 1);
  EXPECT_EQ(read_uid_blocks(text)->front(), block);
}

TEST(UidSet, LinesAreShort) {
  imap::SequenceSet sparse;
  for (std::uint32_t uid = 1; uid < 20'000; uid += 3) sparse.add(uid);
  std::size_t begin = 0;
  const auto text = written({"INBOX", 7, sparse});
  for (auto end = text.find('\n'); end != text.npos;
       begin = end + 1, end = text.find('\n', begin)) {
    EXPECT_LE(end + 1 - begin, kUidLineOctets);
  }
}

TEST(UidSet, EveryTruncationIsNoticed) {
  const auto text = written({"INBOX", 7, *imap::parse_sequence_set("1:3,9")});
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = read_uid_blocks(text.substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().kind, ErrorKind::bad_input);
  }
}

struct Case {
  const char* why;
  const char* text;
};

// clang-format off
const Case kRefused[] = {
  {"nothing",          ""},
  {"no header",        "1:3\n#end n=3\n"},
  {"other version",    "#mailtool-uids v2 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\n"},
  {"no folder",        "#mailtool-uids v1 uidvalidity=1 n=1\n1\n#end n=1\n"},
  {"empty folder",     "#mailtool-uids v1 folder=\"\" uidvalidity=1 n=1\n1\n#end n=1\n"},
  {"quote not closed", "#mailtool-uids v1 folder=\"x uidvalidity=1 n=1\n1\n#end n=1\n"},
  {"no uidvalidity",   "#mailtool-uids v1 folder=\"x\" n=1\n1\n#end n=1\n"},
  {"fewer than said",  "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=3\n1:2\n#end n=3\n"},
  {"other end",        "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=2\n1:2\n#end n=3\n"},
  {"all messages",     "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1:*\n#end n=1\n"},
  {"garbage",          "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\nhello\n#end n=1\n"},
  {"text behind",      "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\nx"},
  {"line behind",      "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\nx\n"},
  {"no end",           "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n"},
  {"0",                "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n0\n#end n=1\n"},
  {"overflow",         "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n4294967296\n#end n=1\n"},
  {"overflow of n",    "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=4294967297\n1\n#end n=4294967297\n"},
  {"4 GiB claimed",    "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=4294967295\n1\n#end n=4294967295\n"},
  {"UID twice",        "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=4\n1:2\n1:2\n#end n=4\n"},
  {"CR within",        "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=2\n1\r,2\n#end n=2\n"},
  {"uidvalidity",      "#mailtool-uids v1 folder=\"x\" uidvalidity=4294967296 n=1\n1\n#end n=1\n"},
  {"second cut off",   "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\n"
                       "#mailtool-uids v1 folder=\"y\" uidvalidity=1 n=1\n1\n"},
  {"folder twice",     "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\n"
                       "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n2\n#end n=1\n"},
};
// clang-format on

TEST(UidSet, NulIsRefused) {
  const std::string text =
      "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\n";
  for (const auto at : {text.find('x'), text.find("1\n#"), text.find("#end")}) {
    auto damaged = text;
    damaged[at] = '\0';
    EXPECT_FALSE(read_uid_blocks(damaged)) << at;
  }
}

// Any order is a set.
TEST(UidSet, Descending) {
  const auto read = read_uid_blocks(
      "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=4\n9,4\n2:1\n#end n=4\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(to_wire(read->front().uids), "1:2,4,9");
}

TEST(UidSet, Refused) {
  for (const auto& c : kRefused) {
    const auto read = read_uid_blocks(c.text);
    ASSERT_FALSE(read) << c.why;
    EXPECT_EQ(read.error().kind, ErrorKind::bad_input) << c.why;
  }
}

TEST(UidSet, WordsOfLaterVersionsArePassedOver) {
  EXPECT_TRUE(
      read_uid_blocks("#mailtool-uids v1 account=\"w\" folder=\"x\" "
                      "uidvalidity=1 uidnext=9 n=1\n1\n#end n=1\n"));
}

}  // namespace
}  // namespace mailtool::app
