/// \file
/// "sendmail -bs": an SMTP session on stdin and stdout, each message sent on.
#pragma once

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/local_user.h"
#include "app/output.h"
#include "cli/personality.h"

namespace mailtool::cli {

/// Serves until the client quits. A message is sent before its DATA is
/// answered: 250 says that the recipient was accepted, 451 and 5yz that it was
/// not, or not all that it stands for in the aliases; what became of each is on
/// stderr. Nothing but the session is
/// written to `out`. Fails with local_io or interrupted.
Result<app::ExitStatus> serve_session(const PersonalityLine& line,
                                      const app::LocalUser& user,
                                      const std::string& domain,
                                      const app::Invocation& invocation,
                                      app::Output& out);

/// What DATA is answered with after a run of `send` that ended so.
[[nodiscard]] std::string_view reply_of(app::ExitStatus status);

}  // namespace mailtool::cli
