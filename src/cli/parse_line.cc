// The one file that includes CLI11, which reads one flat set of options at a
// time. Commands, "--", URLs, verbs and the wording of errors are ours.

#include "cli/parse_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/option_check.h"
#include "app/server_url.h"
#include "app/suggestion.h"
#include "cli/line_words.h"
#include "cli/verb_check.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using app::Option;
using app::OptionValues;
using app::ValueKind;
using Options = std::vector<const Option*>;
using Words = std::vector<std::string>;

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what)};
}

std::string dashed(const Option& option) {
  const std::string long_form = "--" + std::string(option.name);
  if (option.letter == '\0') return long_form;
  return std::string("-") + option.letter + "," + long_form;
}

// Adds what CLI11 finds to `values`; returns what it does not know, in order.
//
// Values are read as they were typed: an option bound to a variable would
// split "[a,b]" and take "{}" for an empty list.
Result<Words> read_options(const Options& options, Words words,
                           OptionValues& values) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<CLI::Option*> readers;
  for (const auto* option : options) {
    if (option->kind == ValueKind::none) {
      readers.push_back(app.add_flag(dashed(*option)));
    } else {
      readers.push_back(
          app.add_option(dashed(*option))
              ->expected(1, CLI::detail::expected_max_vector_size)
              ->allow_extra_args(false)
              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
    }
  }
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& refused) {
    return wrong(printable(refused.what()));
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto& option = *options[i];
    if (option.kind == ValueKind::none) {
      for (std::size_t n = 0; n < readers[i]->count(); ++n) {
        values.add(option.name, {"", "command line"});
      }
      continue;
    }
    for (const auto& text : readers[i]->results()) {
      OptionValues::Value value{text, "command line"};
      if (option.repeatable) {
        values.add(option.name, std::move(value));
      } else {
        values.set(option.name, std::move(value));
      }
    }
  }
  return app.remaining();
}

// Of the options that share a name, the one that goes with the verb; the first
// where no verb is known.
Options options_for(const app::Command& command,
                    std::span<const std::string> line) {
  const auto all = app::options_of(command);
  const auto* verb =
      app::find_verb(command, arguments_of(line, {all, &command}));
  Options chosen;
  for (const auto* option : all) {
    const auto same = std::find_if(
        chosen.begin(), chosen.end(),
        [&](const Option* other) { return other->name == option->name; });
    if (same == chosen.end()) {
      chosen.push_back(option);
    } else if (verb != nullptr && app::goes_with(*option, *verb)) {
      *same = option;
    }
  }
  return chosen;
}

// A secret never stands in argv, where every process can read it.
bool wants_secret(std::string_view name) {
  for (const std::string_view word :
       {"--password", "--passwd", "--pass", "--token", "--secret"}) {
    if (name == word) return true;
  }
  return false;
}

Error unknown_option(std::string_view word, const Options& options,
                     const app::Command* command) {
  const auto name = word.substr(0, word.find('='));
  auto shown = printable(name, 80);
  if (wants_secret(name)) {
    return wrong("there is no option " + shown +
                 ": a secret as an argument can be seen by others")
        .with_hint(name == "--token" ? "use --token-from SOURCE"
                                     : "use --password-from SOURCE");
  }
  if (!word.starts_with("--")) {
    return wrong("unknown option " + printable(word.substr(0, 2)))
        .with_hint("an argument that begins with - follows --");
  }
  for (const auto* other : app::commands()) {
    if (other == command) continue;
    if (!app::find_option(app::options_of(*other), name.substr(2))) continue;
    return wrong("option " + shown + " belongs to " + std::string(other->name) +
                 (command ? ", not to " + std::string(command->name)
                          : ": it follows the command"));
  }
  std::vector<std::string_view> names;
  for (const auto* option : options) names.push_back(option->name);
  return wrong("unknown option " + shown +
               app::did_you_mean(name.substr(2), names, "--"));
}

Result<void> check_values(const Options& options, const OptionValues& values) {
  for (const auto* option : options) {
    const auto name = "--" + std::string(option->name);
    if (option->kind != ValueKind::none) {
      for (const auto& text : values.all(option->name)) {
        if (auto checked = app::check_value(*option, text); !checked) {
          return std::move(checked).error().at(name);
        }
      }
    }
    if (option->rival.empty() || !values.has(option->name)) continue;
    for (const auto* other : options) {
      if (values.has(other->name) && app::exclude_each_other(*option, *other)) {
        return wrong(name + " and --" + std::string(other->name) +
                     " exclude each other");
      }
    }
  }
  return {};
}

class LineParser {
 public:
  explicit LineParser(std::span<const std::string> words) {
    const auto dashes = std::find(words.begin(), words.end(), "--");
    before_.assign(words.begin(), dashes);
    if (dashes != words.end()) after_.assign(dashes + 1, words.end());
  }

  ParsedLine run() {
    line_.verdict = read();
    return std::move(line_);
  }

 private:
  Result<void> read();
  Result<void> read_help(std::span<const std::string> topics);
  Result<void> read_command(std::span<const std::string> rest);
  Result<void> take_url();
  [[nodiscard]] bool grant_wish();
  void find_verb(std::span<const std::string> words);

  ParsedLine line_;
  Words before_;
  Words after_;
};

Result<void> LineParser::read() {
  const auto leading = app::leading_options();
  auto plain = make_plain(before_, {leading, nullptr});
  if (!plain) return std::move(plain).error();
  const std::span rest = std::span(before_).subspan(plain->stopped_at);
  auto unknown = read_options(leading, std::move(plain->words), line_.options);
  if (!unknown) return std::move(unknown).error();
  if (!unknown->empty()) {
    if (grant_wish()) return {};
    return unknown_option(unknown->front(), leading, nullptr);
  }
  if (rest.empty()) {
    if (grant_wish()) return {};
    return wrong("no command").with_hint("mailtool --help lists them");
  }
  if (rest.front() == "help") return read_help(rest.subspan(1));

  line_.command = app::find_command(rest.front());
  if (line_.command) return read_command(rest.subspan(1));
  if (grant_wish()) return {};
  std::vector<std::string_view> names = {"help"};
  for (const auto* command : app::commands()) names.push_back(command->name);
  return wrong("unknown command '" + printable(rest.front(), 80) + "'" +
               app::did_you_mean(rest.front(), names))
      .with_hint("mailtool --help lists them");
}

// True when --help or --version was typed: the rest of the line is let be.
bool LineParser::grant_wish() {
  if (line_.options.has("help")) line_.wish = ParsedLine::Wish::help;
  if (line_.options.has("version")) line_.wish = ParsedLine::Wish::version;
  return line_.wish != ParsedLine::Wish::run;
}

// The verb that help is wanted on; none where it is not clear which.
void LineParser::find_verb(std::span<const std::string> words) {
  if (!words.empty() && app::looks_like_url(words.front())) {
    words = words.subspan(1);
  }
  line_.verb = app::find_verb(*line_.command, words);
}

Result<void> LineParser::read_help(std::span<const std::string> topics) {
  line_.wish = ParsedLine::Wish::help;
  if (topics.empty()) return {};
  line_.command = app::find_command(topics.front());
  if (line_.command) {
    find_verb(topics.subspan(1));
    return {};
  }
  if (topics.front().starts_with('-')) {
    return grant_wish() ? Result<void>() : wrong("help takes a command");
  }
  std::vector<std::string_view> names;
  for (const auto* command : app::commands()) names.push_back(command->name);
  return wrong("no help on '" + printable(topics.front(), 80) + "'" +
               app::did_you_mean(topics.front(), names));
}

Result<void> LineParser::read_command(std::span<const std::string> rest) {
  const auto options = options_for(*line_.command, rest);
  auto plain = make_plain(rest, {options, line_.command});
  if (!plain) return std::move(plain).error();
  auto arguments =
      read_options(options, std::move(plain->words), line_.options);
  if (!arguments) return std::move(arguments).error();
  if (grant_wish()) {
    find_verb(*arguments);
    return {};
  }

  for (const auto& word : *arguments) {
    if (word.size() > 1 && word[0] == '-') {
      return unknown_option(word, options, line_.command);
    }
  }
  if (line_.options.count("account") > 1 && !line_.command->several_accounts) {
    return wrong("--account is given twice, and " +
                 std::string(line_.command->name) + " takes one");
  }
  for (const auto* option : app::leading_options()) {
    if (line_.options.has(option->name) &&
        !app::find_option(options, option->name)) {
      return wrong("option --" + std::string(option->name) +
                   " does not go with " + std::string(line_.command->name));
    }
  }
  if (line_.command->arguments_run && !arguments->empty()) {
    return wrong("'" + printable(arguments->front(), 80) +
                 "' is no option of " + std::string(line_.command->name))
        .with_hint("a command to run goes behind --");
  }
  line_.arguments = std::move(*arguments);
  line_.arguments.insert(line_.arguments.end(), after_.begin(), after_.end());
  for (const auto& word : line_.arguments) {
    if (!line_.command->arguments_run && has_line_break_or_nul(word)) {
      return wrong("CR, LF or NUL in an argument");
    }
  }
  if (auto taken = take_url(); !taken) return taken;
  if (line_.arguments.empty() && !line_.command->default_verb.empty()) {
    line_.arguments.emplace_back(line_.command->default_verb);
  }
  if (!plain->signed_words.empty()) {
    line_.arguments.insert(line_.arguments.begin() + 1,
                           plain->signed_words.begin(),
                           plain->signed_words.end());
  }
  if (auto checked = check_values(options, line_.options); !checked) {
    return checked;
  }
  return check_arguments(*line_.command, options, line_.options,
                         line_.arguments);
}

Result<void> LineParser::take_url() {
  if (!line_.command->url_may_come_first || line_.arguments.empty()) return {};
  if (!app::looks_like_url(line_.arguments.front())) return {};
  if (line_.options.has("server")) {
    return wrong("the server is given twice: as --server and as an argument");
  }
  line_.options.set("server", {line_.arguments.front(), "command line"});
  line_.arguments.erase(line_.arguments.begin());
  return {};
}

}  // namespace

ParsedLine parse_line(std::span<const std::string> words) {
  return LineParser(words).run();
}

}  // namespace mailtool::cli
