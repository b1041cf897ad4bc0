/// \file
/// What each exit status means, in words: for the help and the man pages.
#pragma once

#include <span>
#include <string_view>

#include "app/exit_status.h"

namespace mailtool::app {

struct ExitStatusRow {
  ExitStatus status;
  std::string_view meaning;  ///< one clause
};

/// Every ExitStatus once, by number.
[[nodiscard]] std::span<const ExitStatusRow> exit_status_table();

}  // namespace mailtool::app
