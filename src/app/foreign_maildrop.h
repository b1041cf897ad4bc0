/// \file
/// A maildrop named on the command line, and the account that is not for it.
#pragma once

#include <string>

#include "app/config.h"

namespace mailtool::app {

/// True when a server was typed but no account was named: the trust and the
/// secrets of an account are not for it.
[[nodiscard]] bool names_server_alone(const OptionValues& command_line,
                                      const Environment& environment);

/// True when, besides, the command is fetch, and the typed URL is not the
/// account's own fetch maildrop (user@host, see maildrop_identity()): what the
/// account does with its mail is not for this one either.
[[nodiscard]] bool names_foreign_maildrop(const Command& command,
                                          const OptionValues& command_line,
                                          const Environment& environment,
                                          const Config& config,
                                          const std::string& account);

/// Options that say what becomes of the mail of a maildrop.
[[nodiscard]] bool is_maildrop_option(std::string_view name);

}  // namespace mailtool::app
