#include "cli/personality_line.h"

#include <vector>

#include "app/option_check.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

constexpr std::string_view kHarmless[] = {
    "account", "deadline", "dry-run", "explain", "help",   "json",
    "print",   "quiet",    "timeout", "verbose", "version"};

bool may_be_given(std::string_view word, bool composing) {
  const auto name = word.substr(2, word.find('=') - 2);
  for (const auto harmless : kHarmless) {
    if (name == harmless) return true;
  }
  const auto* option =
      app::find_option(app::options_of(app::kSendCommand), name);
  // What is no option at all is for parse_line to name the nearest one.
  return option == nullptr || (composing && option->group == "Composing");
}

}  // namespace

Result<void> begin_line(std::span<const std::string> long_words, bool composing,
                        ParsedLine& line) {
  for (const auto& word : long_words) {
    if (may_be_given(word, composing)) continue;
    return Error{ErrorKind::usage,
                 printable(word.substr(0, word.find('=')), 80) +
                     " stands in the config file, or behind mailtool send"};
  }
  std::vector<std::string> words = {"send"};
  words.insert(words.end(), long_words.begin(), long_words.end());
  line = parse_line(words);
  return line.verdict;
}

bool take_plain_flag(const FlagWords::Given& given, PersonalityLine& line) {
  const auto& flag = *given.flag;
  const auto name = "-" + std::string(flag.name);
  if (!flag.ignored.empty()) {
    line.notes.push_back(name + " is ignored: " + std::string(flag.ignored));
    return true;
  }
  if (flag.option.empty()) return false;
  const auto* option =
      app::find_option(app::options_of(app::kSendCommand), flag.option);
  const bool is_flag =
      option != nullptr && option->kind == app::ValueKind::none;
  line.line.options.set(flag.option,
                        {is_flag ? "" : given.value, "command line"});
  return true;
}

Result<void> check_line(const ParsedLine& line) {
  for (const auto* option : app::options_of(*line.command)) {
    for (const auto& text : line.options.all(option->name)) {
      if (option->kind == app::ValueKind::none) continue;
      if (auto checked = app::check_value(*option, text); !checked) {
        return std::move(checked).error().at("--" + std::string(option->name));
      }
    }
  }
  return {};
}

}  // namespace mailtool::cli
