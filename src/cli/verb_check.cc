#include "cli/verb_check.h"

#include <algorithm>

#include "app/suggestion.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what)};
}

std::string in_quotes(std::string_view word) {
  return "'" + printable(word, 80) + "'";
}

bool is_named(const std::vector<std::string_view>& names,
              std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error unknown_verb(const app::Command& command,
                   const std::vector<std::string>& arguments) {
  std::vector<std::string_view> names;
  bool is_group = false;
  for (const auto& verb : command.verbs) {
    names.push_back(verb.name);
    // "foldr" is as near to "folder" as to "folders".
    const auto group = verb.name.substr(0, verb.name.find(' '));
    const bool begins = group != verb.name && !is_named(names, group);
    if (begins && group != arguments[0]) names.push_back(group);
    is_group = is_group || verb.name.starts_with(arguments[0] + " ");
  }
  if (is_group && arguments.size() == 1) {
    std::string list;
    for (const auto name : names) {
      if (!name.starts_with(arguments[0] + " ")) continue;
      list += (list.empty() ? "" : ", ") + std::string(name);
    }
    return wrong(in_quotes(arguments[0]) + " wants a second word: " + list);
  }
  // "mail.example" for "imaps://mail.example"
  const bool names_server = command.url_may_come_first &&
                            arguments[0].find_first_of(".:@") !=
                                std::string::npos;
  const auto verb = is_group ? arguments[0] + " " + arguments[1] : arguments[0];
  return wrong("unknown verb " + in_quotes(verb) +
               app::did_you_mean_either(verb, names))
      .with_hint(names_server
                     ? "a server is written SCHEME://[USER@]HOST[:PORT]"
                     : "mailtool " + std::string(command.name) +
                           " --help lists them");
}

// "it goes with search, list"; a name may be that of several options.
std::string verbs_with(const app::Command& command, std::string_view option) {
  std::string list;
  for (const auto& verb : command.verbs) {
    bool goes = false;
    for (const auto* one : app::own_options(command)) {
      goes = goes || (one->name == option && app::goes_with(*one, verb));
    }
    if (goes) list += (list.empty() ? "" : ", ") + std::string(verb.name);
  }
  return "it goes with " + list;
}

Result<void> check_count(const app::Verb& verb,
                         std::span<const std::string> arguments) {
  const auto name = std::string(verb.name);
  const auto whole = verb.arguments.empty()
                         ? name
                         : name + " " + std::string(verb.arguments);
  if (arguments.size() < verb.min_arguments) {
    return wrong(name + ": an argument is missing: " + whole);
  }
  if (arguments.size() <= verb.max_arguments) return {};
  const bool query = verb.arguments.find("WHAT") != std::string_view::npos;
  return wrong(name + ": unexpected argument " +
               in_quotes(arguments[verb.max_arguments]))
      .with_hint("it is: " + whole +
                 (query ? ", WHAT in quotes where it is several words" : ""));
}

}  // namespace

Result<void> check_arguments(const app::Command& command,
                             std::span<const app::Option* const> options,
                             const app::OptionValues& typed,
                             const std::vector<std::string>& arguments) {
  const std::span<const std::string> words(arguments);
  if (command.verbs.empty()) {
    if (arguments.size() <= command.max_arguments) return {};
    auto surplus = wrong("unexpected argument " +
                         in_quotes(arguments[command.max_arguments]));
    if (!command.url_may_come_first) return surplus;
    return std::move(surplus).with_hint(
        "a server is written SCHEME://[USER@]HOST[:PORT]");
  }
  if (arguments.empty()) {
    return wrong("no verb").with_hint("mailtool " + std::string(command.name) +
                                      " --help lists them");
  }
  const auto* verb = app::find_verb(command, arguments);
  if (!verb) return unknown_verb(command, arguments);
  for (const auto* option : options) {
    if (typed.has(option->name) && !app::goes_with(*option, *verb)) {
      return wrong("option --" + std::string(option->name) +
                   " does not go with " + std::string(verb->name))
          .with_hint(verbs_with(command, option->name));
    }
  }
  const auto verb_words = 1 + static_cast<std::size_t>(std::count(
                                  verb->name.begin(), verb->name.end(), ' '));
  return check_count(*verb, words.subspan(verb_words));
}

}  // namespace mailtool::cli
