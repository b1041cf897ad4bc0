/// \file
/// Names of folders as they are typed, looked at before anything is sent.
#pragma once

#include <string>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Fails with usage where one of them is no name that could be sent: empty, not
/// UTF-8, with a line break.
Result<void> check_folder_names(const std::vector<std::string>& names);

}  // namespace mailtool::app
