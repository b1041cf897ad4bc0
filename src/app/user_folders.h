/// \file
/// Where this user's files go: XDG Base Directory Specification.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// $XDG_STATE_HOME/mailtool, else ~/.local/state/mailtool: what must survive.
/// Fails with config when neither variable is set.
Result<std::string> user_state_folder();

/// $XDG_DATA_HOME/mailtool, else ~/.local/share/mailtool: what belongs to the
/// user. Fails with config when neither variable is set.
Result<std::string> user_data_folder();

/// "maildir:~/Mail" with the home in the place of "~", which a shell expands
/// only at the start of a word. Other texts, and all where HOME is not set, as
/// they are.
[[nodiscard]] std::string expand_home_behind_word(std::string_view text);

}  // namespace mailtool::app
