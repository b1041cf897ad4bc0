#include "app/quantity.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(Quantity, Durations) {
  const std::pair<const char*, int> good[] = {
      {"90s", 90},   {"10min", 600},  {"2h", 7200},
      {"30d", 2592000}, {"45", 45},   {"0", 0}, {"1w", 604800}};
  for (const auto& [text, seconds] : good) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->count(), seconds) << text;
  }
  for (const char* bad : {"", "-1", "1.5h", "1e9", "10 min", "h", "4000d",
                          "18446744073709551615w", "1y"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Quantity, Sizes) {
  EXPECT_EQ(*parse_size("500K"), 512000u);
  EXPECT_EQ(*parse_size("2G"), 2147483648u);
  EXPECT_EQ(*parse_size("7"), 7u);
  for (const char* bad : {"", "-1", "1.5M", "5X", "99999999999T"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

}  // namespace
}  // namespace mailtool::app
