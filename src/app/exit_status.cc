#include "app/exit_status.h"

namespace mailtool::app {

// No default label: a new ErrorKind must fail to compile until it is placed.
ExitStatus exit_status(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::usage: return ExitStatus::usage;
    case ErrorKind::config: return ExitStatus::config;
    case ErrorKind::bad_input:
    case ErrorKind::content_refused: return ExitStatus::data_err;
    case ErrorKind::no_input:
    case ErrorKind::no_such_item: return ExitStatus::no_input;
    case ErrorKind::cannot_create: return ExitStatus::cant_create;
    case ErrorKind::local_io: return ExitStatus::io_err;
    case ErrorKind::system: return ExitStatus::os_err;
    case ErrorKind::no_host: return ExitStatus::no_host;
    case ErrorKind::busy:
    case ErrorKind::unresolved:
    case ErrorKind::unreachable:
    case ErrorKind::timed_out:
    case ErrorKind::disconnected:
    case ErrorKind::interrupted:
    case ErrorKind::deferred: return ExitStatus::temp_fail;
    case ErrorKind::insecure:
    case ErrorKind::unsupported:
    case ErrorKind::rejected: return ExitStatus::unavailable;
    case ErrorKind::protocol: return ExitStatus::protocol;
    case ErrorKind::untrusted:
    case ErrorKind::no_permission:
    case ErrorKind::no_auth: return ExitStatus::no_perm;
    case ErrorKind::no_recipient: return ExitStatus::no_user;
    case ErrorKind::internal: return ExitStatus::software;
  }
  return ExitStatus::software;  // unreachable; keeps g++ -Wreturn-type quiet
}

ExitStatus combine(ExitStatus so_far, ExitStatus next) noexcept {
  if (next == ExitStatus::temp_fail) return next;
  return so_far == ExitStatus::ok ? next : so_far;
}

}  // namespace mailtool::app
