#include "app/plain_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mailtool::app {
namespace {

using Prefix = std::size_t (*)(std::string_view, VectorLevel) noexcept;

void expect_equal(Prefix prefix, std::string_view text) {
  EXPECT_EQ(prefix(text, vector_level()), prefix(text, VectorLevel::scalar))
      << text;
}

void expect_both_equal(std::string_view text) {
  expect_equal(printable_ascii_prefix, text);
  expect_equal(header_plain_prefix, text);
  expect_equal(json_plain_prefix, text);
}

TEST(PlainScan, KnownAnswers) {
  EXPECT_EQ(printable_ascii_prefix(""), 0u);
  EXPECT_EQ(printable_ascii_prefix(" ~"), 2u);
  EXPECT_EQ(printable_ascii_prefix("ab\tc"), 2u);
  EXPECT_EQ(printable_ascii_prefix("abc\x7f"), 3u);
  EXPECT_EQ(printable_ascii_prefix("a\xc3\xbc"), 1u);
  EXPECT_EQ(header_plain_prefix("ab=?c"), 3u);
  EXPECT_EQ(header_plain_prefix("ab\tc"), 2u);
  EXPECT_EQ(json_plain_prefix("ab\"c"), 2u);
  EXPECT_EQ(json_plain_prefix("ab\\c"), 2u);
  EXPECT_EQ(json_plain_prefix("ab\nc"), 2u);
  EXPECT_EQ(json_plain_prefix("a\xc3\xbc"), 3u);
  EXPECT_EQ(json_plain_prefix("a\xc2\x85"), 1u);
  EXPECT_EQ(json_plain_prefix("a\xe2\x80\xa8"), 1u);
}

// Each octet at each place of texts around the size of a block.
TEST(PlainScan, TwinsAgreeOnEveryOctetAtEveryPlace) {
  for (std::size_t length = 0; length <= 70; ++length) {
    std::string text(length, 'x');
    expect_both_equal(text);
    for (std::size_t at = 0; at < length; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        text[at] = static_cast<char>(octet);
        expect_both_equal(text);
      }
      text[at] = 'x';
    }
  }
}

TEST(PlainScan, TwinsAgreeOnRandomTextAtEveryAlignment) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 300, ' ');
    for (auto& c : text) {
      c = static_cast<char>(random() % 100 == 0 ? random() % 256
                                                : 0x20 + random() % 0x5f);
    }
    for (std::size_t from = 0; from < 33 && from <= text.size(); ++from) {
      expect_both_equal(std::string_view(text).substr(from));
    }
  }
}

}  // namespace
}  // namespace mailtool::app
