#include "cli/locale_charset.h"

#include <gtest/gtest.h>

#include <map>

namespace mailtool::cli {
namespace {

bool utf8(std::map<std::string, std::string, std::less<>> variables) {
  return locale_is_utf8(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      });
}

TEST(LocaleCharset, TheFirstVariableThatIsSetCounts) {
  EXPECT_TRUE(utf8({{"LANG", "de_DE.UTF-8"}}));
  EXPECT_FALSE(utf8({{"LANG", "de_DE.UTF-8"}, {"LC_ALL", "C"}}));
  EXPECT_FALSE(utf8({{"LANG", "de_DE.UTF-8"}, {"LC_CTYPE", "POSIX"}}));
  EXPECT_TRUE(utf8({{"LANG", "C"}, {"LC_ALL", ""}, {"LC_CTYPE", "C.UTF-8"}}));
  EXPECT_FALSE(utf8({}));
}

TEST(LocaleCharset, Names) {
  EXPECT_TRUE(utf8({{"LANG", "ca_ES.utf8@valencia"}}));
  EXPECT_FALSE(utf8({{"LANG", "de_DE.ISO-8859-15@euro"}}));
  EXPECT_FALSE(utf8({{"LANG", "no such locale"}}));
}

}  // namespace
}  // namespace mailtool::cli
