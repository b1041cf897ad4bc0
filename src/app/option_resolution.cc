#include <algorithm>
#include <set>

#include "app/config.h"
#include "app/foreign_maildrop.h"
#include "app/option_check.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// "tls-ca" -> "MAILTOOL_TLS_CA"
std::string variable_name(std::string_view option) {
  std::string name = "MAILTOOL_" + upper(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// One source after the other, the strongest first. What a stronger one has
// decided, a weaker one cannot change.
class Resolution {
 public:
  Resolution(const Command& command, OptionValues command_line)
      : options_(options_of(command)), values_(std::move(command_line)) {
    for (const auto* option : options_) {
      if (values_.has(option->name)) decide(*option);
    }
  }

  void begin_source() { fresh_.clear(); }

  // Adds a value of the current source; nothing where a stronger one decided.
  // `off` decides that a flag is not set.
  Result<void> offer(const Option& option, OptionValues::Value value,
                     bool off) {
    if (decided_.contains(option.name)) return {};
    for (const auto* other : deciders_) {
      if (exclude_each_other(*other, option)) return {};
    }
    if (off) {
      fresh_.push_back({&option, "", true});
      return {};
    }
    for (const auto& other : fresh_) {
      if (!other.off && exclude_each_other(*other.option, option)) {
        return Error{ErrorKind::config,
                     std::string(option.name) + " and " +
                         std::string(other.option->name) +
                         " exclude each other",
                     value.origin};
      }
    }
    fresh_.push_back({&option, value.origin, false});
    if (option.repeatable) {
      values_.add(option.name, std::move(value));
    } else {
      values_.set(option.name, std::move(value));
    }
    return {};
  }

  void end_source() {
    for (const auto& offered : fresh_) {
      if (offered.off) {
        decided_.insert(std::string(offered.option->name));
      } else {
        decide(*offered.option);
      }
    }
  }

  [[nodiscard]] const std::vector<const Option*>& options() const {
    return options_;
  }
  [[nodiscard]] OptionValues take() { return std::move(values_); }

 private:
  struct Offered {
    const Option* option;
    std::string origin;
    bool off;
  };

  void decide(const Option& option) {
    decided_.insert(std::string(option.name));
    deciders_.push_back(&option);
  }

  std::vector<const Option*> options_;
  OptionValues values_;
  std::set<std::string, std::less<>> decided_;  // names of options
  std::vector<const Option*> deciders_;         // those that rivals yield to
  std::vector<Offered> fresh_;
};

Error wrong_variable(const std::string& name, std::string what) {
  return Error{ErrorKind::config, std::move(what), name};
}

Result<void> take_variable(Resolution& resolution, const Option& option,
                           const std::string& name, std::string text) {
  bool off = false;
  if (option.kind == ValueKind::none) {
    const auto word = lower(text);
    const std::string_view on_words[] = {"1", "true", "yes", "on"};
    const std::string_view off_words[] = {"0", "false", "no", "off"};
    off = std::find(std::begin(off_words), std::end(off_words), word) !=
          std::end(off_words);
    if (!off && std::find(std::begin(on_words), std::end(on_words), word) ==
                    std::end(on_words)) {
      return wrong_variable(
          name, "'" + printable(text, 80) + "' is not one of true, false");
    }
    text.clear();
  } else if (auto checked = check_value(option, text); !checked) {
    return wrong_variable(name, checked.error().what);
  }
  return resolution.offer(option, {std::move(text), name}, off);
}

bool is_server_option(std::string_view name) {
  const auto options = server_options();
  return std::any_of(options.begin(), options.end(),
                     [name](const Option& o) { return o.name == name; });
}

// What of an account is not for the server that was typed.
struct Foreign {
  bool server = false;
  bool maildrop = false;
  [[nodiscard]] bool keeps_out(std::string_view option) const {
    return (server && is_server_option(option)) ||
           (maildrop && is_maildrop_option(option));
  }
};

Result<void> take_settings(Resolution& resolution, const Command& command,
                           const std::vector<Setting>& settings,
                           SettingRank rank, const Foreign& foreign) {
  resolution.begin_source();
  for (const auto& setting : settings) {
    if (setting.rank != rank) continue;
    if (setting.command != command.name) continue;
    if (foreign.keeps_out(setting.name)) continue;
    const auto* option = find_option(resolution.options(), setting.name);
    if (!option) continue;
    auto taken =
        resolution.offer(*option, {setting.text, setting.origin}, setting.off);
    if (!taken) return taken;
  }
  resolution.end_source();
  return {};
}

}  // namespace

Result<OptionValues> resolve_options(const Command& command,
                                     OptionValues command_line,
                                     const Environment& environment,
                                     const Config& config,
                                     const std::string& account) {
  const Foreign foreign{names_server_alone(command_line, environment),
                        names_foreign_maildrop(command, command_line,
                                               environment, config, account)};
  Resolution resolution(command, std::move(command_line));

  resolution.begin_source();
  for (const auto* option : resolution.options()) {
    if (!option->configurable) continue;
    const auto name = variable_name(option->name);
    auto text = environment(name).value_or("");
    if (text.empty()) continue;
    auto taken = take_variable(resolution, *option, name, std::move(text));
    if (!taken) return std::move(taken).error();
  }
  resolution.end_source();

  const auto found = config.accounts.find(account);
  if (found != config.accounts.end()) {
    for (const auto rank :
         {SettingRank::command_options, SettingRank::account}) {
      auto taken = take_settings(resolution, command, found->second, rank,
                                 foreign);
      if (!taken) return std::move(taken).error();
    }
  }
  auto taken = take_settings(resolution, command, config.settings,
                             SettingRank::file, {});
  if (!taken) return std::move(taken).error();
  return resolution.take();
}

}  // namespace mailtool::app
