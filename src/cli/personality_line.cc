#include "cli/personality_line.h"

#include <vector>

#include "app/option_check.h"

namespace mailtool::cli {

Result<void> begin_line(std::span<const std::string> long_words,
                        ParsedLine& line) {
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
