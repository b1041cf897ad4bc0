/// \file
/// Terminal: what the three standard descriptors are, and what the user wants
/// to see on them.
#pragma once

#include "app/config.h"
#include "app/invocation.h"
#include "app/option_values.h"

namespace mailtool::cli {

struct Terminal {
  bool stdin_is_terminal = false;
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  int columns = 80;   ///< 20..1000
  bool dumb = false;  ///< TERM is "dumb" or not set
};

/// Asks the system. COLUMNS beats what the terminal says.
[[nodiscard]] Terminal look_at_terminal(const app::Environment& environment);

/// Fills the terminal's part of `invocation`, --color, NO_COLOR and --progress
/// considered.
void apply_terminal(const Terminal& terminal,
                    const app::Environment& environment,
                    app::Invocation& invocation);

}  // namespace mailtool::cli
