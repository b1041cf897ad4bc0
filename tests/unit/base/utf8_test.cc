#include "mailtool/base/utf8.h"

#include <gtest/gtest.h>

namespace mailtool {
namespace {

TEST(Utf8, RoundTripsEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    std::string text;
    append_utf8(text, c);
    const auto back = next_code_point(text);
    ASSERT_TRUE(back.valid) << static_cast<std::uint32_t>(c);
    ASSERT_EQ(back.value, c);
    ASSERT_EQ(back.octets, text.size());
  }
}

TEST(Utf8, RefusesIllFormed) {
  for (std::string_view text :
       {"\x80", "\xc1\x81", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xe2\x28\xa1", "\xff"}) {
    EXPECT_FALSE(is_valid_utf8(text));
  }
}

}  // namespace
}  // namespace mailtool
