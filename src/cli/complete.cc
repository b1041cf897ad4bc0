#include "cli/complete.h"

#include <algorithm>

#include "cli/complete_path.h"
#include "cli/complete_verb.h"
#include "cli/parse_line.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using app::Command;
using app::Option;
using app::ValueKind;

class Completion {
 public:
  Completion(std::span<const std::string> words,
             const app::Environment& environment)
      : words_(words), environment_(environment) {}

  std::string run() {
    std::string current;
    if (!words_.empty()) current = words_.back();
    const auto before =
        words_.empty() ? words_ : words_.first(words_.size() - 1);
    follow(before);
    if (pending_) {
      offer_value(*pending_, current, "");
    } else if (!only_arguments_ && current.starts_with("--") &&
               current.find('=') != current.npos) {
      const auto equals = current.find('=');
      if (const auto* option = find(current.substr(2, equals - 2))) {
        offer_value(*option, current.substr(equals + 1),
                    current.substr(0, equals + 1));
      }
    } else if (!only_arguments_ && current.starts_with('-')) {
      offer_options(current);
      const auto* verb = this->verb();
      const bool flags = verb && verb->takes_signed_words;
      if (flags && !current.starts_with("--")) offer_argument(current);
    } else {
      offer_argument(current);
    }
    return answer_ + more_ + "\n";
  }

 private:
  [[nodiscard]] std::vector<const Option*> options() const {
    return command_ ? app::options_of(*command_) : app::leading_options();
  }
  [[nodiscard]] const Option* find(std::string_view name) const {
    return app::find_option(options(), name);
  }

  // Walks what stands before the word: which command, which verb, and whether
  // an option waits for its value.
  void follow(std::span<const std::string> before) {
    for (const auto& word : before) {
      if (pending_) {
        if (pending_->name == "config") typed_.set("config", {word, ""});
        pending_ = nullptr;
      } else if (only_arguments_) {
        arguments_.push_back(word);
      } else if (word == "--") {
        only_arguments_ = true;
      } else if (word.size() > 1 && word[0] == '-') {
        follow_option(word);
      } else if (!command_ && !help_) {
        command_ = app::find_command(word);
        help_ = word == "help";
      } else {
        arguments_.push_back(word);
      }
    }
  }

  void follow_option(std::string_view word) {
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      const auto* option = find(word.substr(2, equals - 2));
      if (!option || option->kind == ValueKind::none) return;
      if (equals == word.npos) {
        pending_ = option;
      } else if (option->name == "config") {
        typed_.set("config", {std::string(word.substr(equals + 1)), ""});
      }
      return;
    }
    const auto known = options();
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto* option = app::find_option(known, word[i]);
      if (!option) return;
      if (option->kind == ValueKind::none) continue;
      if (i + 1 == word.size()) pending_ = option;
      return;
    }
  }

  void offer(std::string_view candidate, std::string_view description,
             std::string_view current, std::string_view prefix = "") {
    if (!candidate.starts_with(current)) return;
    answer_.append(prefix).append(candidate);
    answer_.append("\t").append(description).append("\n");
  }

  void offer_options(std::string_view current) {
    const auto* verb = this->verb();
    for (const auto* option : options()) {
      if (verb && !app::goes_with(*option, *verb)) continue;
      offer("--" + std::string(option->name), option->help, current);
      if (current == "-" && option->letter != '\0') {
        offer(std::string("-") + option->letter, option->help, current);
      }
    }
  }

  void offer_value(const Option& option, std::string_view current,
                   std::string_view prefix) {
    switch (option.kind) {
      case ValueKind::choice:
        for (const auto choice : split(option.choices, '|')) {
          offer(choice, option.help, current, prefix);
        }
        break;
      case ValueKind::account: offer_accounts(current, prefix); break;
      case ValueKind::file: more_ = ":file"; break;
      case ValueKind::folder: more_ = ":dir"; break;
      case ValueKind::mailbox:
        offer_all(complete_mailbox(option, verb(), current, environment_),
                  prefix);
        break;
      case ValueKind::text:
        if (option.choices.empty()) break;
        if (option.value.ends_with(",…")) {
          offer_all(complete_list(option.choices, current), prefix);
        } else {
          for (const auto choice : split(option.choices, '|')) {
            offer(choice, option.help, current, prefix);
          }
        }
        break;
      default:
        offer_all(complete_kind(option.kind, current, environment_), prefix);
        break;
    }
  }

  void offer_all(const std::vector<Candidate>& candidates,
                 std::string_view prefix = "") {
    for (const auto& each : candidates) {
      offer(each.text, each.meaning, "", prefix);
    }
  }

  void offer_accounts(std::string_view current, std::string_view prefix) {
    const auto config = app::load_config(typed_, environment_);
    if (!config) return;
    for (const auto& account : config->accounts) {
      offer(account.first, "account", current, prefix);
    }
  }

  // The verb and what follows, without the URL.
  [[nodiscard]] std::vector<std::string> verb_words() const {
    auto words = arguments_;
    if (!words.empty() && words.front().find("://") != std::string::npos) {
      words.erase(words.begin());
    }
    return words;
  }

  [[nodiscard]] const app::Verb* verb() const {
    return command_ ? app::find_verb(*command_, verb_words()) : nullptr;
  }

  void offer_argument(std::string_view current) {
    if (!command_) {
      if (!arguments_.empty()) return;
      for (const auto* command : app::commands()) {
        offer(command->name, command->help, current);
      }
      if (!help_) offer("help", "explain a command", current);
      return;
    }
    const auto words = verb_words();
    std::string_view last;  // the verbs of a group stand together
    for (const auto& verb : command_->verbs) {
      const auto space = verb.name.find(' ');
      const auto first = verb.name.substr(0, space);
      if (words.empty()) {
        if (first != last) offer(first, verb.help, current);
        last = first;
      } else if (words.size() == 1 && words[0] == first &&
                 space != verb.name.npos) {
        offer(verb.name.substr(space + 1), verb.help, current);
      }
    }
    if (command_->arguments == ValueKind::file) more_ = ":file";
    if (const auto* chosen = verb()) {
      const auto names = static_cast<std::size_t>(
          1 + std::count(chosen->name.begin(), chosen->name.end(), ' '));
      const auto found = complete_argument(*chosen, words.size() - names,
                                           current, environment_);
      offer_all(found.candidates);
      if (found.files) more_ = ":file";
    }
  }

  std::span<const std::string> words_;
  const app::Environment& environment_;
  const Command* command_ = nullptr;
  bool help_ = false;
  const Option* pending_ = nullptr;  // waits for its value
  bool only_arguments_ = false;      // "--" was seen
  std::vector<std::string> arguments_;
  app::OptionValues typed_;
  std::string answer_;
  std::string more_ = ":none";
};

}  // namespace

std::string complete(std::span<const std::string> words,
                     const app::Environment& environment) {
  return Completion(words, environment).run();
}

}  // namespace mailtool::cli
