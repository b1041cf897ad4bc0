/// \file
/// Where this user's files go: XDG Base Directory Specification.
#pragma once

#include <string>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// $XDG_STATE_HOME/mailtool, else ~/.local/state/mailtool: what must survive.
/// Fails with config when neither variable is set.
Result<std::string> user_state_folder();

}  // namespace mailtool::app
