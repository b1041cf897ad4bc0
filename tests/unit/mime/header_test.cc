#include "mailtool/mime/header.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::mime {
namespace {

TEST(Unfold, Table) {
  struct {
    const char* why;
    std::string folded;
    std::string line;
  } const cases[] = {
      {"RFC 5322 section 2.2.3", " This\r\n is a test", "This is a test"},
      {"LF", " a\n\tb\n  c", "a\tb  c"},
      {"RFC 5322 appendix A.6.3: a fold of blanks only",
       " <1234@local\r\n  \r\n  .machine.example>",
       "<1234@local    .machine.example>"},
      {"nothing", "", ""},
      {"only folds", "\r\n \r\n ", ""},
      {"bare CR cannot stay", " a\rb", "ab"},
  };
  for (const auto& c : cases) EXPECT_EQ(unfold(c.folded), c.line) << c.why;
}

TEST(FieldName, Table) {
  for (const auto* good : {"From", "X-1", "a", "!#~", "Content-Type"}) {
    EXPECT_TRUE(is_field_name(good)) << good;
  }
  for (const auto* bad : {"", "a b", "a:", "a\t", "\xc3\xa4", "a\r", "\x7f"}) {
    EXPECT_FALSE(is_field_name(bad)) << bad;
  }
  EXPECT_TRUE(is_field_name(std::string(1000, 'x')));
  EXPECT_FALSE(is_field_name(std::string(1001, 'x')));
}

TEST(FoldField, Table) {
  EXPECT_EQ(fold_field("Subject", "short"), "Subject: short\r\n");
  EXPECT_EQ(fold_field("Subject", ""), "Subject:\r\n");
  EXPECT_EQ(fold_field("Subject", "  trimmed \t"), "Subject: trimmed\r\n");
  const std::string word(60, 'w');
  EXPECT_EQ(fold_field("A", word + " " + word + "\t" + word),
            "A: " + word + "\r\n " + word + "\r\n\t" + word + "\r\n");
  const std::string huge(200, 'h');  // a piece without blanks stays whole
  EXPECT_EQ(fold_field("A", huge + " b"), "A: " + huge + "\r\n b\r\n");
}

TEST(FoldField, UnfoldIsTheInverse) {
  std::string value;
  for (std::size_t length = 1; length < 120; ++length) {
    if (!value.empty()) value += length % 3 == 0 ? "  " : " ";
    value += std::string(length, 'x');
    const auto field = fold_field("X-Name", value);
    EXPECT_EQ(unfold(field.substr(field.find(':') + 1)), value);
    EXPECT_LE(longest_line(field), std::max(kGoodLineOctets, length + 2));
    // No line of blanks alone, which some take for the end of the header.
    EXPECT_EQ(field.find("\r\n \r\n"), field.npos);
  }
}

TEST(LongestLine, Table) {
  EXPECT_EQ(longest_line(""), 0u);
  EXPECT_EQ(longest_line("abc"), 3u);
  EXPECT_EQ(longest_line("a\r\nbcd\r\nef\r\n"), 3u);
  EXPECT_EQ(longest_line("a\nbcd\n"), 3u);
}

TEST(DecodeValue, UnfoldsAndDecodes) {
  EXPECT_EQ(decode_value(" =?utf-8?q?gr=C3=BC?=\r\n =?utf-8?q?n?= tea\r\n "),
            "gr\xc3\xbcn tea");
}

// 500,000 folds and one line of 20 MB.
TEST(Header, LargeValuesAreLinear) {
  std::string folds;
  for (int i = 0; i < 500'000; ++i) folds += "a\r\n ";
  EXPECT_EQ(unfold(folds).size(), 500'000u * 2 - 1);
  EXPECT_EQ(decode_value(folds).size(), 500'000u * 2 - 1);
  const std::string line(20'000'000, 'x');
  EXPECT_EQ(unfold(line).size(), line.size());
  EXPECT_EQ(fold_field("A", line).size(), line.size() + 5);
  EXPECT_GT(fold_field("A", unfold(folds)).size(), 1'000'000u);
}

}  // namespace
}  // namespace mailtool::mime
