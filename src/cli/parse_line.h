/// \file
/// parse_line: what was typed, checked against the option table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/option_table.h"
#include "app/option_values.h"
#include "mailtool/base/result.h"

namespace mailtool::cli {

struct ParsedLine {
  enum class Wish : std::uint8_t { run, help, version };

  Wish wish = Wish::run;
  /// The command to run or to explain; nullptr: none, or not found.
  const app::Command* command = nullptr;
  /// With a wish for help: the verb to explain; nullptr: the whole command.
  const app::Verb* verb = nullptr;
  app::OptionValues options;           ///< typed; origin "command line"
  std::vector<std::string> arguments;  ///< positional, the URL taken out
  /// Why the line cannot be obeyed (usage); then only `command` counts.
  Result<void> verdict;
};

/// Reads the words after the program's name. Everything behind the first bare
/// "--" is an argument. A server URL that stands first becomes --server.
/// `--help` and `--version` win over whatever else is wrong with options.
[[nodiscard]] ParsedLine parse_line(std::span<const std::string> words);

}  // namespace mailtool::cli
