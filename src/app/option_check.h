/// \file
/// The syntax of option values, by kind: the same for a flag, the environment
/// and the config file.
#pragma once

#include <string_view>

#include "app/option_table.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Fails with usage: CR, LF or NUL in `value`; no choice, duration, size or
/// number where the option takes one. The Error has no step: the caller says
/// where the value stood.
Result<void> check_value(const Option& option, std::string_view value);

}  // namespace mailtool::app
