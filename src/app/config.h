/// \file
/// Config: the config file, read and checked against the option table.
/// resolve_options: command line, environment and config made one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/dkim_config.h"
#include "app/option_table.h"
#include "app/option_values.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Looks a variable of the environment up; a test passes its own.
using Environment =
    std::function<std::optional<std::string>(std::string_view name)>;

/// Where in the file a setting stands; a later one beats an earlier one.
enum class SettingRank : std::uint8_t { file, account, command_options };

/// One option set in the file, for one command.
struct Setting {
  std::string command;  ///< "send"
  std::string name;     ///< long option name; "mx" or "server" for a route
  std::string text;
  std::string origin;  ///< "/home/bob/.config/mailtool/config.toml:12:3"
  SettingRank rank = SettingRank::file;
  bool off = false;  ///< a flag that is set to false
};

struct Config {
  std::string path;               ///< empty when there is no file
  std::string default_account;    ///< empty when not set
  std::vector<Setting> settings;  ///< of the file itself
  std::map<std::string, std::vector<Setting>> accounts;  ///< by name
  std::map<std::string, DkimConfig> dkim;  ///< by name of the account
};

/// What the file may contain is bounded: larger is an error.
inline constexpr std::size_t kConfigOctets = 1 << 20;

/// Checks `text` as the content of `path`. `home` replaces "~" in paths; empty
/// when unknown. `private_to_owner` is false when others can read the file.
/// Fails with config; the Error names file, line and column.
Result<Config> parse_config(std::string_view text, const std::string& path,
                            std::string_view home, bool private_to_owner);

/// The file of --config or MAILTOOL_CONFIG; else the first that exists of
/// $XDG_CONFIG_HOME/mailtool/config.toml (~/.config) and the same below each
/// of $XDG_CONFIG_DIRS (/etc/xdg). A named one must exist (no_input); without
/// any the Config is empty.
/// Fails with config when it cannot be read or is wrong.
Result<Config> load_config(const OptionValues& command_line,
                           const Environment& environment);

/// MAILTOOL_ACCOUNT; empty where there is none. It is no account's name where
/// it equals MAILTOOL_MAILDROP: fetch tells a program so which maildrop it
/// worked on when no account was named.
[[nodiscard]] std::string account_of(const Environment& environment);

/// The account to use: --account, MAILTOOL_ACCOUNT, the default, the only one;
/// empty when there is none. Fails with config when it is not in the file.
Result<std::string> choose_account(const Config& config,
                                   const OptionValues& command_line,
                                   const Environment& environment);

/// The same where --account may be given several times, or --all-accounts:
/// every account with a server for `command`. At least one name, each once.
/// Fails with usage too: a contradiction, or a server beside several accounts.
Result<std::vector<std::string>> choose_accounts(
    const Command& command, const Config& config,
    const OptionValues& command_line, const Environment& environment);

/// Completes what was typed from the environment (MAILTOOL_TLS_CA for
/// --tls-ca) and from the file and `account`. A stronger source replaces all
/// values of an option, and sets its rivals aside. When --server was typed but
/// no account was named, the account's server options (user, secrets, trust)
/// stay out: they belong to other servers; for another maildrop also what the
/// account does with its mail, see names_foreign_maildrop(). Fails with config when a value from
/// the environment is wrong or two rivals are set in one place.
Result<OptionValues> resolve_options(const Command& command,
                                     OptionValues command_line,
                                     const Environment& environment,
                                     const Config& config,
                                     const std::string& account);

}  // namespace mailtool::app
