/// \file
/// What an Error of APPEND means for the messages that follow.
#pragma once

#include <string>

#include "mailtool/base/error.h"

namespace mailtool::app {

/// It is not known whether the server obeyed.
[[nodiscard]] inline bool is_lost(const Error& error) {
  return error.kind == ErrorKind::disconnected ||
         error.kind == ErrorKind::timed_out ||
         error.kind == ErrorKind::interrupted;
}

/// Refusals that the next message would get as well.
[[nodiscard]] inline bool ends_run(const Error& error) {
  const bool of_message = error.kind == ErrorKind::rejected ||
                          error.kind == ErrorKind::bad_input ||
                          error.kind == ErrorKind::content_refused;
  return !of_message ||
         error.server_said.find("OVERQUOTA") != std::string::npos;
}

}  // namespace mailtool::app
