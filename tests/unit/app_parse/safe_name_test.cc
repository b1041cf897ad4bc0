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
    {"device with blanks", "nul .txt", "_nul .txt"},
    {"device, superscript", "COM¹.log", "_COM¹.log"},
    {"no device", "common.txt", "common.txt"},
    {"console", "CONOUT$", "_CONOUT$"},
    {"soft hyphen", "a\u00adb", "a_b"},
    {"filler", "a\u3164.txt", "a_.txt"},
    {"isolates", "\u2066a\u2069.txt", "_a_.txt"},
    {"tag characters", "a\U000e0041", "a_"},
    {"no character", "a\uffffb\U0001fffe", "a_b_"},
    {"wide blanks", "\u3000a\u00a0b.txt\u2003", "a b.txt"},
    {"dots behind blanks", " . .profile", "profile"},
    {"a dash behind dots", "..-x", "x"},
    {"invalid octets", "a\xff\xe2\x82.txt", "a___.txt"},
    {"a drive", "C:evil.txt", "C_evil.txt"},
    {"a stream", "a.txt:hidden", "a.txt_hidden"},
    {"decomposed stays", "u\u0308.txt", "u\u0308.txt"},
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

TEST(SafeName, NothingUnsafeIsLeftByCutting) {
  for (std::size_t dots = 0; dots < 220; ++dots) {
    const auto name = std::string(dots, 'a') + " . . . ." + std::string(300, 'b');
    const auto safe = safe_name(name, "x");
    EXPECT_LE(safe.size(), kMaxSafeName);
    EXPECT_FALSE(safe.ends_with('.') || safe.ends_with(' ')) << safe;
  }
  EXPECT_LE(safe_name("con." + std::string(300, 'b'), "x").size(), kMaxSafeName);
}

TEST(SafeName, Numbered) {
  EXPECT_EQ(numbered_name("a.tar.gz", 2), "a-2.tar.gz");
  EXPECT_EQ(numbered_name(std::string(196, 'a') + ".pdf", 10'000),
            std::string(190, 'a') + "-10000.pdf");
  EXPECT_EQ(numbered_name("menu.pdf", 2), "menu-2.pdf");
  EXPECT_EQ(numbered_name("menu", 3), "menu-3");
}

}  // namespace
}  // namespace mailtool::app
