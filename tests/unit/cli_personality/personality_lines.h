/// \file
/// A PersonalityLine as one text, so that a table can say what is expected.
#pragma once

#include <string>
#include <vector>

#include "cli/personality.h"

namespace mailtool::cli {

using Words = std::vector<std::string>;

/// "subject=Hi verbose [bob carol]": the options that were set, in the order of
/// their names, and the arguments; "64: …" when the line is refused.
inline std::string told(const PersonalityLine& line) {
  if (!line.line.verdict) {
    return "refused: " + line.line.verdict.error().one_line();
  }
  std::string text;
  switch (line.task) {
    case PersonalityLine::Task::send: break;
    case PersonalityLine::Task::verify: text = "verify "; break;
    case PersonalityLine::Task::serve: text = "serve "; break;
    case PersonalityLine::Task::list_queue: text = "list "; break;
    case PersonalityLine::Task::run_queue: text = "run "; break;
    case PersonalityLine::Task::nothing: text = "nothing "; break;
  }
  if (line.line.wish == ParsedLine::Wish::version) return "version";
  if (line.line.wish == ParsedLine::Wish::help) return "help";
  if (!line.full_name.empty()) text += "name=" + line.full_name + " ";
  if (line.no_empty_text) text += "no-empty ";
  for (const auto* option : app::options_of(app::kSendCommand)) {
    for (const auto& value : line.line.options.all(option->name)) {
      text += std::string(option->name);
      if (option->kind != app::ValueKind::none) text += "=" + value;
      text += " ";
    }
  }
  text += "[";
  for (const auto& argument : line.line.arguments) {
    if (!text.ends_with('[')) text += ' ';
    text += argument;
  }
  return text + "]";
}

}  // namespace mailtool::cli
