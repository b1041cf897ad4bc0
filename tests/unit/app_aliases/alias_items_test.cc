#include "app/alias_items.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(AliasItems, CommentsStandBehindABlank) {
  EXPECT_EQ(without_comment("# all of it"), "");
  EXPECT_EQ(without_comment("a # b # c"), "a ");
  EXPECT_EQ(without_comment("a#b"), "a#b");
  EXPECT_EQ(without_comment("\"a # b\" # c"), "\"a # b\" ");
  EXPECT_EQ(without_comment("\"a \\\" # b\" # c"), "\"a \\\" # b\" ");
}

TEST(AliasItems, QuotesHideWhatSeparates) {
  EXPECT_EQ(find_outside_quotes("\"a:b\":c", ':'), 5u);
  EXPECT_EQ(find_outside_quotes("\"a:b", ':'), std::string_view::npos);
  EXPECT_EQ(find_outside_quotes("\"\\\":\":", ':'), 5u);
}

TEST(AliasItems, Unquoted) {
  EXPECT_EQ(unquoted("\"a b\""), "a b");
  EXPECT_EQ(unquoted("\"a \\\"b\\\"\""), "a \"b\"");
  EXPECT_EQ(unquoted("a"), "a");
  EXPECT_EQ(unquoted("\""), "\"");
}

TEST(AliasItems, Kinds) {
  using enum AliasItem::Kind;
  struct Case {
    const char* text;
    AliasItem::Kind kind;
    const char* content;
    bool final;
  };
  const Case kCases[] = {
      {"bob", address, "bob", false},
      {"\\bob", address, "bob", true},
      {"Bob <b@x.example>", address, "b@x.example", false},
      {"\"b b\"@x.example", address, "\"b b\"@x.example", false},
      {"\"|cmd a,b\"", program, "|cmd a,b", false},
      {"/var/mail/x", file, "/var/mail/x", false},
      {":INCLUDE: /etc/list", include, "/etc/list", false},
      {":blackhole:", directive, ":blackhole:", false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    const auto items = parse_alias_items(test.text, "here");
    ASSERT_TRUE(items) << items.error().one_line();
    ASSERT_EQ(items->size(), 1u);
    EXPECT_EQ(items->front().kind, test.kind);
    EXPECT_EQ(items->front().text, test.content);
    EXPECT_EQ(items->front().final, test.final);
  }
}

}  // namespace
}  // namespace mailtool::app
