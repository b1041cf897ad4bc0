/// \file
/// Invocation: one command to run, as cli made it out of argv, the environment
/// and the config file. Everything a use case may know of the outside.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/dkim_config.h"
#include "app/option_values.h"
#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::app {

class ImapSessionOwner;

struct Invocation {
  std::string command;                 ///< "send", "fetch", "imap", "parse"
  OptionValues options;                ///< resolved; see OptionValues
  std::vector<std::string> arguments;  ///< positional, in order
  std::string account;  ///< the account's name; empty when none applies
  /// Of the account that would have applied, were it for this server.
  std::string account_passed_over;
  std::optional<DkimConfig> dkim;  ///< what the account signs with
  bool stdin_is_terminal = false;
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  bool stdout_color = false;  ///< --color, NO_COLOR and TERM considered
  bool progress = false;      ///< --progress considered; for stderr
  bool utf8_locale = true;    ///< the charset of the locale is UTF-8
  int terminal_columns = 80;
  /// Columns that a text takes on a terminal. Set by cli.
  std::function<std::size_t(std::string_view)> display_width;
  /// Asks on the terminal, without echo: "Password for bob@mail.example: ".
  /// Fails with no_auth where there is no terminal. Set by cli.
  std::function<Result<Secret>(std::string_view)> ask_secret;
  /// Makes a line of `imap batch`, whose words these are, an Invocation that
  /// takes over the options of this one. Fails with usage. Set by cli.
  std::function<Result<Invocation>(std::vector<std::string>)> read_line;
  /// Where the verbs of a batch get their session; null outside a batch.
  ImapSessionOwner* imap_sessions = nullptr;

  [[nodiscard]] bool json() const { return options.has("json"); }
  [[nodiscard]] bool dry_run() const { return options.has("dry-run"); }
  [[nodiscard]] bool quiet() const { return options.has("quiet"); }
  [[nodiscard]] bool verbose() const { return options.has("verbose"); }
};

}  // namespace mailtool::app
