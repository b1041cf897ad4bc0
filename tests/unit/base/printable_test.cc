#include "mailtool/base/printable.h"

#include <gtest/gtest.h>

#include "mailtool/base/utf8.h"

namespace mailtool {
namespace {

struct Case {
  const char* why;
  std::string_view text;
  const char* shown;
};

const Case kCases[] = {
    {"plain", "250 ok", "250 ok"},
    {"UTF-8", "Grüße 😀", "Grüße 😀"},
    {"escape sequence", "\x1b[2J", "\\x1b[2J"},
    {"line break", "a\r\nb", "a\\x0d\\x0ab"},
    {"NUL", std::string_view("a\0b", 3), "a\\x00b"},
    {"tab", "a\tb", "a b"},
    {"DEL", "\x7f", "\\x7f"},
    {"C1 as UTF-8 (CSI)", "\xc2\x9b", "\\u{009b}"},
    {"C1 as an octet", "\x9b", "\\x9b"},
    {"right-to-left override", "a\u202eb", "a\\u{202e}b"},
    {"line separator", "\u2028", "\\u{2028}"},
    {"tag", "\U000e0041", "\\u{e0041}"},
    {"overlong", "\xc0\xaf", "\\xc0\\xaf"},
    {"cut character", "\xe2\x82", "\\xe2\\x82"},
};

TEST(Printable, Cases) {
  for (const auto& c : kCases) EXPECT_EQ(printable(c.text), c.shown) << c.why;
}

TEST(Printable, CutsAtACharacterBorder) {
  EXPECT_EQ(printable("abcdef", 3), "abc…");
  EXPECT_EQ(printable("aü", 2), "a…");
  EXPECT_EQ(printable("aü", 3), "aü");
}

TEST(Printable, AnyOctetsBecomeUtf8WithoutControls) {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    for (int j = 0; j < 256; j += 5) {
      all += static_cast<char>(i);
      all += static_cast<char>(j);
    }
  }
  const auto shown = printable(all, all.size());
  EXPECT_TRUE(is_valid_utf8(shown));
  for (const char c : shown) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

}  // namespace
}  // namespace mailtool
