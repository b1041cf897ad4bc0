/// \file
/// What became of each recipient, and how the user learns it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/output.h"
#include "app/send_message.h"
#include "mailtool/client/smtp_delivery.h"

namespace mailtool::app {

/// One recipient, after all attempts.
struct RecipientResult {
  std::string recipient;
  client::Outcome outcome = client::Outcome::deferred;
  std::optional<Error> error;        ///< why it was not accepted
  std::optional<smtp::Reply> reply;  ///< the one that decided
  std::string host;                  ///< that decided; empty: none was reached
  std::string ip;                    ///< its address and port
  std::string tls;                   ///< "TLSv1.3"; empty: clear text
  int attempts = 0;                  ///< hosts and transactions tried for it
  bool planned = false;              ///< --dry-run: this is where it would go
};

/// Outcome of a recipient that `error` stopped before the server judged it.
[[nodiscard]] client::Outcome outcome_of(const Error& error);

/// JSON lines on `out` with --json, text lines with -v and for what is planned;
/// on stderr a line for each recipient that was not accepted (one for all that
/// share an Error).
/// Returns the status of the run, or an Error of `out`.
Result<ExitStatus> report(const Invocation& invocation,
                          const OutgoingMessage& message,
                          const std::vector<RecipientResult>& results,
                          Output& out);

}  // namespace mailtool::app
