#include "app/safe_name.h"

#include <gtest/gtest.h>

#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

struct Case {
  const char* why;
  std::string name;
  std::string safe;
};

const Case kCases[] = {
    {"plain", "menu.pdf", "menu.pdf"},
    {"UTF-8", "Menü 1.pdf", "Menü 1.pdf"},
    {"climbs up", "../../etc/passwd", "passwd"},
    {"absolute", "/etc/passwd", "passwd"},
    {"Windows folder", "..\\..\\win.ini", "win.ini"},
    {"dot file", ".bashrc", "bashrc"},
    {"an option", "-rf", "rf"},
    {"only dots", "..", "fallback"},
    {"nothing", "", "fallback"},
    {"ends in a slash", "a/", "fallback"},
    {"NUL", std::string("a\0b", 3), "a_b"},
    {"escape", "a\x1b[31m.txt", "a_[31m.txt"},
    {"line break", "a\r\nb", "a__b"},
    {"right to left", "a\u202egnp.exe", "a_gnp.exe"},
    {"invisible", "a\u200b.txt", "a_.txt"},
    {"shell", "a|b*c?.txt", "a_b_c_.txt"},
    {"device", "CON", "_CON"},
    {"device with extension", "com1.txt", "_com1.txt"},
    {"trailing dots", "a.. .", "a"},
    {"C1", "a\xc2\x9b" "b", "a_b"},
};

TEST(SafeName, Cases) {
  for (const auto& c : kCases) {
    EXPECT_EQ(safe_name(c.name, "fallback"), c.safe) << c.why;
  }
}

TEST(SafeName, IsCutAtACharacterBorderAndKeepsItsExtension) {
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "ü";
  const auto safe = safe_name(name + ".pdf", "x");
  EXPECT_LE(safe.size(), 200u);
  EXPECT_TRUE(safe.ends_with("ü.pdf"));
  EXPECT_TRUE(is_valid_utf8(safe));
}

TEST(SafeName, Numbered) {
  EXPECT_EQ(numbered_name("menu.pdf", 2), "menu-2.pdf");
  EXPECT_EQ(numbered_name("menu", 3), "menu-3");
}

}  // namespace
}  // namespace mailtool::app
