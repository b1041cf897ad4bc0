#include "mailtool/signing/tag_list.h"

#include <gtest/gtest.h>

namespace mailtool::signing {
namespace {

// "name=value|" for each, or "!" and what is wrong.
std::string read(std::string_view text) {
  const auto tags = TagList::parse(text);
  if (!tags) return "!" + tags.error().what;
  std::string all;
  for (const auto& tag : tags->tags())
    all += std::string(tag.name) + "=" + std::string(tag.value) + "|";
  return all;
}

TEST(TagList, ReadsByTheLetter) {
  const struct {
    const char* why;
    std::string_view text;
    const char* expected;
  } kCases[] = {
      {"one", "v=1", "v=1|"},
      {"two", "v=1;a=b", "v=1|a=b|"},
      {"semicolon at the end", "v=1; a=b;", "v=1|a=b|"},
      {"blanks at the end", "v=1; a=b; \t", "v=1|a=b|"},
      {"white space everywhere", " v \t= 1 ;\r\n a =\r\n\tb ; ", "v=1|a=b|"},
      {"fold by LF", "v=1;\n a=b", "v=1|a=b|"},
      {"inner white space stays", "h=a : b", "h=a : b|"},
      {"empty value", "p=", "p=|"},
      {"equals sign in value", "b=YQ==", "b=YQ==|"},
      {"digits and underscore in a name", "a1_=x", "a1_=x|"},
      {"case matters", "a=1; A=2", "a=1|A=2|"},
      {"unknown tags stay", "zz=1; v=1", "zz=1|v=1|"},
      {"UTF-8 in value", "i=\xc3\xbc@x", "i=\xc3\xbc@x|"},
      {"nothing", "", "!there are no tags"},
      {"blanks", " \t", "!there are no tags"},
      {"semicolon alone", ";", "!there are no tags"},
      {"two semicolons", "v=1;; a=b", "!a tag is empty"},
      {"two at the end", "v=1;;", "!a tag is empty"},
      {"twice", "v=1; v=1", "!the tag v= stands twice"},
      {"no equals sign", "v=1; abc", "!a tag has no \"=\""},
      {"no name", "=1", "!a tag has no name"},
      {"digit first", "1a=1", "!a tag has no name"},
      {"hyphen in a name", "a-b=1", "!a tag has a malformed name"},
      {"blank in a name", "a b=1", "!a tag has a malformed name"},
      {"control in value", "a=\x01", "!the tag a= holds control characters"},
      {"DEL in value", "a=\x7f", "!the tag a= holds control characters"},
      {"line end without a fold", "a=1;\r\nb=2", "!a line end without a fold"},
      {"line end last", "a=1\r\n", "!a line end without a fold"},
      {"bare CR", "a=1\r b=2", "!a line end without a fold"},
  };
  for (const auto& c : kCases) EXPECT_EQ(read(c.text), c.expected) << c.why;
  EXPECT_EQ(read(std::string_view("a=\0b", 4)),
            "!the tag a= holds control characters");
}

TEST(TagList, KnowsWhereAValueStands) {
  const std::string text = "a=1; b= x\r\n y ; c=2";
  const auto tags = TagList::parse(text);
  ASSERT_TRUE(tags);
  const auto* b = tags->find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(text.substr(b->begin, b->end - b->begin), " x\r\n y ");
  EXPECT_EQ(tags->find("B"), nullptr);
}

TEST(TagList, HasLimits) {
  EXPECT_EQ(read("a=" + std::string(TagList::kMaxOctets, 'x')),
            "!the tag list is too long");
  std::string many;
  for (std::size_t i = 0; i <= TagList::kMaxTags; ++i)
    many += "t" + std::to_string(i) + "=;";
  EXPECT_EQ(read(many), "!too many tags");
}

}  // namespace
}  // namespace mailtool::signing
