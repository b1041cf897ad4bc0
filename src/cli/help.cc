#include "cli/help.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/exit_status_table.h"
#include "cli/text_layout.h"

namespace mailtool::cli {
namespace {

using app::Command;
using app::Option;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kLongestTerm = 26;  // a longer one has its own line
constexpr std::size_t kMostExamples = 6;  // those of verbs stand in their help

// A term and its meaning, side by side where there is room.
void append_row(std::string& to, std::string_view term,
                std::string_view meaning, std::size_t meaning_at,
                std::size_t columns) {
  to.append(kIndent, ' ').append(term);
  auto at = kIndent + display_width(term);
  if (at + 2 > meaning_at) {
    to += '\n';
    at = 0;
  }
  to.append(meaning_at - at, ' ');
  append_wrapped(to, meaning, meaning_at, meaning_at, columns);
}

struct Row {
  std::string term;
  std::string_view meaning;
};

void append_rows(std::string& to, const std::vector<Row>& rows,
                 std::size_t columns) {
  std::size_t widest = 0;
  for (const auto& row : rows) {
    const auto width = display_width(row.term);
    if (width <= kLongestTerm) widest = std::max(widest, width);
  }
  const auto meaning_at = std::min(kIndent + widest + 2, columns / 2);
  for (const auto& row : rows) {
    append_row(to, row.term, row.meaning, meaning_at, columns);
  }
}

std::string term(const Option& option) {
  std::string text =
      option.letter == '\0' ? "    " : std::string("-") + option.letter + ", ";
  text += "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

void append_options(std::string& to, const std::vector<const Option*>& options,
                    std::size_t columns) {
  std::vector<Row> rows;
  std::string_view group;
  const auto finish_group = [&] {
    if (!rows.empty()) append_rows(to, rows, columns);
    rows.clear();
  };
  for (const auto* option : options) {
    if (option->group != group) {
      finish_group();
      group = option->group;
      to.append("\n").append(group).append(":\n");
    }
    rows.push_back({term(*option), option->help});
  }
  finish_group();
}

void append_examples(std::string& to, std::span<const app::Example> examples,
                     std::size_t columns) {
  to += "\nExamples:\n";
  for (const auto& example : examples) {
    to.append(kIndent, ' ').append("# ");
    append_wrapped(to, example.meaning, kIndent + 2, kIndent + 2, columns);
    to.append(kIndent, ' ').append(example.line).append("\n");
  }
}

void append_statuses(std::string& to, std::size_t columns) {
  std::vector<Row> rows;
  for (const auto& row : app::exit_status_table()) {
    rows.push_back({std::to_string(static_cast<int>(row.status)), row.meaning});
  }
  to += "\nExit status:\n";
  append_rows(to, rows, columns);
}

void append_commands(std::string& to, std::size_t columns) {
  std::vector<Row> rows;
  for (const auto* command : app::commands()) {
    rows.push_back({std::string(command->name), command->help});
  }
  to += "\nCommands:\n";
  append_rows(to, rows, columns);
}

}  // namespace

std::string version_line() { return "mailtool " MAILTOOL_VERSION "\n"; }

std::string usage(std::size_t columns) {
  std::string text = "Usage: mailtool [OPTIONS] COMMAND [OPTIONS] [ARGS]\n";
  append_commands(text, columns);
  text += "\n'mailtool COMMAND --help' says more.\n";
  return text;
}

std::string program_help(std::size_t columns) {
  std::string text = "The mail protocols as one Unix command.\n\n";
  text += usage(columns);
  std::vector<const Option*> common;
  for (const auto& option : app::common_options()) common.push_back(&option);
  append_options(text, common, columns);
  append_statuses(text, columns);
  return text;
}

std::string command_help(const Command& command, std::size_t columns) {
  std::string text = "mailtool " + std::string(command.name) + ": ";
  append_wrapped(text, command.help, display_width(text), kIndent, columns);
  text += "\nUsage:\n";
  for (const auto synopsis : command.synopses) {
    text.append(kIndent, ' ').append("mailtool ").append(command.name);
    text.append(" ").append(synopsis).append("\n");
  }
  if (!command.examples.empty()) {
    const auto most = command.verbs.empty()
                          ? command.examples.size()
                          : std::min(kMostExamples, command.examples.size());
    append_examples(text, command.examples.first(most), columns);
  }
  if (!command.verbs.empty()) {
    std::vector<Row> rows;
    for (const auto& verb : command.verbs) {
      rows.push_back(
          {std::string(verb.name) + " " + std::string(verb.arguments),
           verb.help});
    }
    text += "\nVerbs:\n";
    append_rows(text, rows, columns);
  }
  append_options(text, app::options_of(command), columns);
  append_statuses(text, columns);
  return text;
}

namespace {

// Is it about `verb`?
bool shows(const app::Example& example, const std::string& verb) {
  const auto at = example.line.find(verb);
  if (at == example.line.npos) return false;
  const auto rest = example.line.substr(at + verb.size());
  return rest.empty() || rest.front() == ' ';
}

}  // namespace

std::string verb_help(const Command& command, const app::Verb& verb,
                      std::size_t columns) {
  const auto name = std::string(command.name);
  std::string text = "mailtool " + name + " " + std::string(verb.name) + ": ";
  append_wrapped(text, verb.help, display_width(text), kIndent, columns);
  text += "\nUsage:\n  mailtool " + name + " [OPTIONS] ";
  if (command.url_may_come_first) text += "[URL] ";
  text.append(verb.name).append(" ").append(verb.arguments).append("\n");

  const auto command_line = "mailtool " + name + " " + std::string(verb.name);
  std::vector<app::Example> examples;
  for (const auto& example : command.examples) {
    if (shows(example, command_line)) examples.push_back(example);
  }
  if (!examples.empty()) append_examples(text, examples, columns);
  std::vector<const Option*> options;
  for (const auto* option : app::own_options(command)) {
    if (app::goes_with(*option, verb)) options.push_back(option);
  }
  append_options(text, options, columns);
  text += '\n';
  append_wrapped(text,
                 "'mailtool " + name +
                     " --help' lists the other verbs, the server options and "
                     "the common options.",
                 0, 0, columns);
  return text;
}

}  // namespace mailtool::cli
