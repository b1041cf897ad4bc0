/// \file
/// The use cases. Each prints its data to `out` (stdout) and its diagnostics to
/// stderr, and returns the exit status; an Error returned is printed by main.
#pragma once

#include <span>

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/output.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

Result<ExitStatus> send(const Invocation& invocation, Output& out);
/// One invocation an account, at least one.
Result<ExitStatus> fetch(std::span<const Invocation> invocations, Output& out);
Result<ExitStatus> imap(const Invocation& invocation, Output& out);
Result<ExitStatus> parse(const Invocation& invocation, Output& out);
Result<ExitStatus> queue(const Invocation& invocation, Output& out);
Result<ExitStatus> serve(const Invocation& invocation, Output& out);
Result<ExitStatus> wait(const Invocation& invocation, Output& out);

}  // namespace mailtool::app
