/// \file
/// The help: the option table as a page of text.
#pragma once

#include <cstddef>
#include <string>

#include "app/option_table.h"

namespace mailtool::cli {

/// "mailtool --help": the commands, the common options, the exit statuses.
[[nodiscard]] std::string program_help(std::size_t columns);
/// "mailtool COMMAND --help".
[[nodiscard]] std::string command_help(const app::Command& command,
                                       std::size_t columns);
/// "mailtool COMMAND VERB --help": the verb and the options that go with it.
[[nodiscard]] std::string verb_help(const app::Command& command,
                                    const app::Verb& verb, std::size_t columns);
/// The short text for a line without a command.
[[nodiscard]] std::string usage(std::size_t columns);
/// "mailtool 0.1.0"
[[nodiscard]] std::string version_line();

}  // namespace mailtool::cli
