#include "mailtool/base/ascii.h"

#include <gtest/gtest.h>

namespace mailtool {
namespace {

struct NumberCase {
  const char* why;
  std::string_view text;
  std::uint64_t max;
  std::optional<std::uint64_t> expected;
};

const NumberCase kNumbers[] = {
    {"zero", "0", 10, 0},
    {"at the limit", "10", 10, 10},
    {"past the limit", "11", 10, {}},
    {"empty", "", 10, {}},
    {"sign", "-1", UINT64_MAX, {}},
    {"plus", "+1", UINT64_MAX, {}},
    {"blank", " 1", UINT64_MAX, {}},
    {"trailing text", "12abc", UINT64_MAX, {}},
    {"largest", "18446744073709551615", UINT64_MAX, UINT64_MAX},
    {"one too large", "18446744073709551616", UINT64_MAX, {}},
    {"26 digits", "99999999999999999999999999", UINT64_MAX, {}},
    {"wraps to 5 in 32 bits", "4294967301", UINT32_MAX, {}},
};

TEST(Ascii, ParseNumber) {
  for (const auto& c : kNumbers) {
    EXPECT_EQ(parse_number(c.text, c.max), c.expected) << c.why;
  }
}

TEST(Ascii, CaseFoldsAsciiOnly) {
  EXPECT_TRUE(iequals("StartTLS", "STARTTLS"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("\xc4", "\xe4"));  // no Latin-1 folding
  EXPECT_TRUE(istarts_with("AUTH=PLAIN", "auth"));
}

TEST(Ascii, SplitKeepsEmptyPieces) {
  EXPECT_EQ(split("a,,b", ','),
            (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Ascii, LineBreakOrNul) {
  EXPECT_TRUE(has_line_break_or_nul("a\rb"));
  EXPECT_TRUE(has_line_break_or_nul(std::string_view("a\0b", 3)));
  EXPECT_FALSE(has_line_break_or_nul("a\tb"));
}

}  // namespace
}  // namespace mailtool
