/// \file
/// What the command line asks to be checked: --views, --verify.
#pragma once

#include "app/invocation.h"
#include "app/message_dump.h"

namespace mailtool::app {

/// Adds to `dump`, whose form is set. Fails with usage where the form cannot
/// hold what the checks find.
Result<void> add_check_options(const Invocation& invocation, DumpOptions& dump);

}  // namespace mailtool::app
