/// \file
/// ask_secret: a password from the person at the terminal.
#pragma once

#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::cli {

/// Writes `prompt` to the controlling terminal (/dev/tty, whatever stdin and
/// stdout are) and reads one line without echo, at most 4 KiB. The terminal is
/// as it was before when this returns. Fails with no_auth (no terminal, or end
/// of input), interrupted (a signal came), timed_out (--deadline), local_io.
Result<Secret> ask_secret(std::string_view prompt);

}  // namespace mailtool::cli
