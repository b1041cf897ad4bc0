#include "cli/help.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/text_layout.h"

namespace mailtool::cli {
namespace {

TEST(Help, NamesEveryOptionAndVerb) {
  for (const auto* command : app::commands()) {
    const auto text = command_help(*command, 80);
    for (const auto* option : app::options_of(*command)) {
      EXPECT_NE(text.find("--" + std::string(option->name)), text.npos)
          << command->name << " " << option->name;
    }
    for (const auto& verb : command->verbs) {
      EXPECT_NE(text.find("\n  " + std::string(verb.name)), text.npos)
          << verb.name;
    }
  }
}

// Synopses and examples stand as they are, to be copied; the rest is wrapped.
TEST(Help, FitsTheTerminal) {
  for (const std::size_t columns : {80u, 120u}) {
    for (const auto* command : app::commands()) {
      std::istringstream text(command_help(*command, columns));
      std::string line;
      while (std::getline(text, line)) {
        if (line.starts_with("  mailtool ")) continue;
        EXPECT_LE(display_width(line), columns) << line;
      }
    }
  }
}

// What a person reads first stands in a file, so that a change of it is seen.
// MAILTOOL_UPDATE_GOLDEN=1 rewrites the file.
TEST(Help, OfFetchReadsWell) {
  const std::string path = MAILTOOL_TESTS "/golden/cli/fetch.help";
  auto text = command_help(app::kFetchCommand, 80);
  text.resize(text.find("\nServer options:"));
  if (std::getenv("MAILTOOL_UPDATE_GOLDEN")) std::ofstream(path) << text;
  std::ostringstream expected;
  expected << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, expected.str());
}

TEST(Help, NarrowTerminalsGetAllWordsToo) {
  const auto text = command_help(app::kSendCommand, 20);
  EXPECT_NE(text.find("--envelope-from"), text.npos);
  EXPECT_NE(text.find("mailtool send"), text.npos);
}

TEST(Help, OfAVerbHasItsOptionsAlone) {
  const std::vector<std::string> words = {"search"};
  const auto* verb = app::find_verb(app::kImapCommand, words);
  ASSERT_NE(verb, nullptr);
  const auto text = verb_help(app::kImapCommand, *verb, 80);
  EXPECT_NE(text.find("mailtool imap [OPTIONS] [URL] search [QUERY"),
            text.npos);
  EXPECT_NE(text.find("--exit-code"), text.npos);
  EXPECT_EQ(text.find("--mark-seen"), text.npos);
}

// A verb's help had none.
TEST(Help, EachVerbOfImapHasAnExample) {
  for (const auto& verb : app::kImapCommand.verbs) {
    const auto text = verb_help(app::kImapCommand, verb, 80);
    const auto line = "\n  mailtool imap " + std::string(verb.name);
    const auto piped = "| mailtool imap " + std::string(verb.name);
    EXPECT_NE(text.find("\nExamples:\n"), text.npos) << verb.name;
    EXPECT_TRUE(text.find(line) != text.npos || text.find(piped) != text.npos)
        << text;
    std::istringstream lines(text);
    std::string one;
    while (std::getline(lines, one)) {
      EXPECT_LE(display_width(one), 80u) << one;
    }
  }
}

TEST(Help, ListsCommandsAndStatuses) {
  const auto text = program_help(80);
  for (const auto* command : app::commands()) {
    EXPECT_NE(text.find("\n  " + std::string(command->name) + " "), text.npos);
  }
  EXPECT_NE(text.find("\n  75 "), text.npos);
  EXPECT_NE(text.find("--config FILE"), text.npos);
}

// The table itself: what the parser and the shells rely on.
TEST(OptionTable, NamesAndLettersAreUniqueInACommand) {
  for (const auto* command : app::commands()) {
    const auto options = app::options_of(*command);
    for (std::size_t i = 0; i < options.size(); ++i) {
      for (std::size_t j = i + 1; j < options.size(); ++j) {
        // Two of one name go with different verbs.
        for (const auto& verb : command->verbs) {
          EXPECT_FALSE(options[i]->name == options[j]->name &&
                       app::goes_with(*options[i], verb) &&
                       app::goes_with(*options[j], verb))
              << command->name << " " << verb.name << " " << options[i]->name;
        }
        if (command->verbs.empty()) {
          EXPECT_NE(options[i]->name, options[j]->name) << command->name;
        }
        if (options[i]->letter == '\0') continue;
        EXPECT_NE(options[i]->letter, options[j]->letter)
            << command->name << ": " << options[i]->name << " and "
            << options[j]->name;
      }
    }
  }
}

TEST(OptionTable, EveryRowIsComplete) {
  for (const auto* command : app::commands()) {
    for (const auto* option : app::options_of(*command)) {
      EXPECT_FALSE(option->help.empty()) << option->name;
      EXPECT_FALSE(option->group.empty()) << option->name;
      EXPECT_EQ(option->kind == app::ValueKind::none, option->value.empty())
          << option->name;
      if (option->kind != app::ValueKind::text) {
        EXPECT_EQ(option->kind == app::ValueKind::choice,
                  !option->choices.empty())
            << option->name;
      }
      if (option->verbs.empty()) continue;
      bool known = false;
      for (const auto& verb : command->verbs) {
        known = known || app::goes_with(*option, verb);
      }
      EXPECT_TRUE(known) << option->name << " goes with no verb";
    }
  }
}

}  // namespace
}  // namespace mailtool::cli
