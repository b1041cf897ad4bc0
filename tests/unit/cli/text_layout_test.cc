#include "cli/text_layout.h"

#include <gtest/gtest.h>

namespace mailtool::cli {
namespace {

struct WidthCase {
  const char* why;
  std::string_view text;
  std::size_t width;
};

const WidthCase kWidths[] = {
    {"empty", "", 0},
    {"ASCII", "mail", 4},
    {"Latin", "caf\u00e9", 4},
    {"combining accent", "cafe\u0301", 4},
    {"CJK", "\u90ae\u4ef6", 4},
    {"ellipsis", "NAME\u2026", 5},
    {"family of three, joined", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
     2},
    {"heart in emoji style", "\u2764\ufe0f", 2},
    {"flag of France", "\U0001f1eb\U0001f1f7", 2},
    {"invalid octet",
     "a\xff"
     "b",
     3},
};

TEST(DisplayWidth, IsWhatTheTerminalShows) {
  for (const auto& c : kWidths) {
    EXPECT_EQ(display_width(c.text), c.width) << c.why;
  }
}

TEST(AppendWrapped, BreaksAtBlanks) {
  std::string text = "  -v  ";
  append_wrapped(text, "one two three four", 6, 6, 14);
  EXPECT_EQ(text, "  -v  one two\n      three\n      four\n");
}

TEST(AppendWrapped, LongWordStandsAlone) {
  std::string text;
  append_wrapped(text, "a bbbbbbbbbbbb c", 0, 2, 6);
  EXPECT_EQ(text, "a\n  bbbbbbbbbbbb\n  c\n");
}

}  // namespace
}  // namespace mailtool::cli
