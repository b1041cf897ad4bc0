// The tables of flags against the man page: whoever changes one must change the
// other.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/personality.h"

namespace mailtool::cli {
namespace {

using Names = std::set<std::string>;

std::string section(const std::string& heading) {
  std::ifstream file(std::string(MAILTOOL_TESTS) +
                     "/../man/mailtool-sendmail.1");
  std::ostringstream text;
  text << file.rdbuf();
  const auto page = text.str();
  const auto from = page.find(heading);
  EXPECT_NE(from, page.npos) << heading;
  return page.substr(from, page.find("\n.S", from + 1) - from);
}

// ".It Fl f Ar ADDR , Fl r Ar ADDR"
Names described(const std::string& text) {
  Names names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(".It Fl ")) continue;
    std::istringstream words(line);
    for (std::string word, before; words >> word; before = word) {
      // "\&" keeps a colon from being punctuation.
      if (before == "Fl") names.insert(word.substr(word.find('&') + 1));
    }
  }
  return names;
}

Names in_table(std::span<const Flag> table) {
  Names names;
  for (const auto& flag : table) names.insert(std::string(flag.name));
  return names;
}

TEST(PersonalityManual, DescribesEveryFlagAndNoOther) {
  EXPECT_EQ(described(section(".Ss The flags of sendmail")),
            in_table(sendmail_flags()));
  EXPECT_EQ(described(section(".Ss The flags of mail\n")),
            in_table(mail_flags()));
}

TEST(PersonalityManual, FlagsAreOptionsOfSend) {
  const auto options = app::options_of(app::kSendCommand);
  for (const auto table : {sendmail_flags(), mail_flags()}) {
    Names names;
    for (const auto& flag : table) {
      EXPECT_TRUE(names.insert(std::string(flag.name)).second) << flag.name;
      if (flag.option.empty()) continue;
      EXPECT_NE(app::find_option(options, flag.option), nullptr) << flag.option;
    }
  }
}

}  // namespace
}  // namespace mailtool::cli
