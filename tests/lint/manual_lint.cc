// The option table against the man pages: whoever changes one must change the
// other.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "app/exit_status_table.h"
#include "app/option_table.h"

namespace mailtool::app {
namespace {

using Names = std::set<std::string>;

std::string read(const std::string& path) {
  std::ifstream file(std::string(MAILTOOL_SOURCE) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

std::vector<std::string> lines_with(const std::string& text,
                                    std::string_view start) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with(start)) found.push_back(line);
  }
  return found;
}

// Every option that the page describes: ".It Fl n , Fl -dry-run".
Names described(const std::string& page) {
  static const std::regex flag("Fl (-?[A-Za-z0-9][A-Za-z0-9-]*)");
  Names names;
  for (const auto& line : lines_with(page, ".It ")) {
    // Only the term itself: "Fl" behind "Cm" is part of a verb's synopsis.
    if (!line.starts_with(".It Fl ")) continue;
    for (std::sregex_iterator at(line.begin(), line.end(), flag), end;
         at != end; ++at) {
      names.insert((*at)[1].str());
    }
  }
  return names;
}

Names in_table(std::span<const Option* const> options) {
  Names names;
  for (const auto* option : options) {
    names.insert("-" + std::string(option->name));
    if (option->letter != '\0') names.insert(std::string(1, option->letter));
  }
  return names;
}

Names difference(const Names& a, const Names& b) {
  Names only;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                      std::inserter(only, only.end()));
  return only;
}

void expect_same(const Names& table, const Names& page,
                 const std::string& what) {
  EXPECT_EQ(difference(table, page), Names()) << "not in " << what;
  EXPECT_EQ(difference(page, table), Names()) << "only in " << what;
}

TEST(Manual, DescribesEveryOptionOfEveryCommand) {
  for (const auto* command : commands()) {
    const auto path = "man/mailtool-" + std::string(command->name) + ".1";
    expect_same(in_table(app::own_options(*command)), described(read(path)), path);
  }
}

TEST(Manual, DescribesTheCommonAndServerOptions) {
  const auto names = in_table(app::leading_options());
  expect_same(names, described(read("man/mailtool.1")), "man/mailtool.1");
}

// ".It Cm folder create Ar NAME ..."
TEST(Manual, DescribesEveryVerb) {
  for (const auto* command : commands()) {
    if (command->verbs.empty()) continue;
    const auto path = "man/mailtool-" + std::string(command->name) + ".1";
    auto page = read(path);
    const auto from = page.find(".Ss Verbs");
    ASSERT_NE(from, page.npos) << path;
    page = page.substr(from, page.find("\n.Ss ", from + 1) - from);
    Names names;
    Names in_page;
    for (const auto& verb : command->verbs)
      names.insert(std::string(verb.name));
    static const std::regex term("^\\.It Cm ([a-z]+( [a-z]+)?)( [A-Z].*)?$");
    for (const auto& line : lines_with(page, ".It ")) {
      std::smatch found;
      ASSERT_TRUE(std::regex_match(line, found, term)) << line;
      in_page.insert(found[1].str());
    }
    expect_same(names, in_page, path);
  }
}

// ".Ic tls , tls-ca" of mailtool.conf(5), section "Options".
TEST(Manual, ListsEveryKeyOfTheConfigFile) {
  Names table;
  for (const auto* command : commands()) {
    for (const auto* option : options_of(*command)) {
      if (option->configurable) table.insert(std::string(option->name));
    }
  }
  auto page = read("man/mailtool.conf.5");
  page = page.substr(page.find(".Ss Options"));
  Names in_page;
  for (const auto& line : lines_with(page, ".Ic ")) {
    std::istringstream words(line.substr(4));
    for (std::string word; words >> word;) {
      if (word != ",") in_page.insert(word);
    }
  }
  expect_same(table, in_page, "man/mailtool.conf.5");
}

Names statuses_of_enum() {
  static const std::regex enumerator("^ +[a-z_]+ = ([0-9]+),.*");
  Names numbers;
  std::istringstream lines(read("src/app/exit_status.h"));
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, enumerator)) numbers.insert(found[1]);
  }
  return numbers;
}

// ".It 75" of mailtool(1), section "EXIT STATUS".
TEST(Manual, ListsEveryExitStatus) {
  auto page = read("man/mailtool.1");
  page = page.substr(page.find(".Sh EXIT STATUS"));
  page = page.substr(0, page.find(".Sh EXAMPLES"));
  Names in_page;
  for (const auto& line : lines_with(page, ".It ")) {
    in_page.insert(line.substr(4));
  }
  const auto numbers = statuses_of_enum();
  EXPECT_GE(numbers.size(), 16u);
  expect_same(numbers, in_page, "man/mailtool.1");
}

TEST(Manual, HelpListsEveryExitStatus) {
  Names table;
  for (const auto& row : exit_status_table()) {
    table.insert(std::to_string(static_cast<int>(row.status)));
  }
  expect_same(statuses_of_enum(), table, "exit_status_table()");
}

TEST(Manual, EveryPageNamesTheCommandsOfMailtool) {
  const auto page = read("man/mailtool.1");
  for (const auto* command : commands()) {
    EXPECT_NE(page.find(".It Xr mailtool-" + std::string(command->name) + " 1"),
              page.npos)
        << command->name;
  }
}

// Self-test: the lint sees what it is meant to see.
TEST(Manual, LintCanFail) {
  EXPECT_EQ(described(".It Fl n , Fl -dry-run\n.It Cm move Fl -to Ar F\n"),
            (Names{"n", "-dry-run"}));
  EXPECT_EQ(difference({"a", "b"}, {"b"}), Names{"a"});
}

}  // namespace
}  // namespace mailtool::app
