/// \file
/// The arguments of a command: its verb, and how many there may be.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/option_table.h"
#include "app/option_values.h"
#include "mailtool/base/result.h"

namespace mailtool::cli {

/// Fails with usage: no verb or an unknown one where the command has verbs, a
/// typed option that does not go with the verb, too few or too many arguments.
/// `arguments` begin with the verb.
Result<void> check_arguments(const app::Command& command,
                             std::span<const app::Option* const> options,
                             const app::OptionValues& typed,
                             const std::vector<std::string>& arguments);

}  // namespace mailtool::cli
