/// \file
/// What became of each recipient, and how the user learns it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/json.h"
#include "app/outgoing_message.h"
#include "app/output.h"
#include "mailtool/client/smtp_delivery.h"

namespace mailtool::app {

/// One recipient, after all attempts.
struct RecipientResult {
  std::string recipient;
  std::string orcpt = {};  ///< as in smtp::Rcpt; empty: it is the recipient
  client::Outcome outcome = client::Outcome::deferred;
  std::optional<Error> error;        ///< why it was not accepted
  std::optional<smtp::Reply> reply;  ///< the one that decided
  std::string host;                  ///< that decided; empty: none was reached
  std::string ip;                    ///< its address and port
  std::string tls;                   ///< "TLSv1.3"; empty: clear text
  int attempts = 0;                  ///< hosts and transactions tried for it
  bool dsn_ignored = false;  ///< a report was asked for, the server knows none
  bool planned = false;  ///< --dry-run: this is where it would go
  std::string queue_id;  ///< in the queue under this id; empty: it is not
  bool sent_before = false;  ///< by another run with the same --once KEY
};

/// Outcome of a recipient that `error` stopped before the server judged it.
[[nodiscard]] client::Outcome outcome_of(const Error& error);

/// Records that no session came up, or that it ended before the recipient had a
/// turn. What the server said then, "554 5.7.1 not you", is the reply that
/// decided.
void note_failure(const Error& error, RecipientResult& result);

/// Tells of one message after the other, and decides the status of the run:
/// JSON lines on `out` with --json, text lines with -v and for what is planned;
/// on stderr a line for each recipient that was not accepted (one for all that
/// share an Error).
class SendReport {
 public:
  /// All outlive it.
  SendReport(const Invocation& invocation, Output& out)
      : invocation_(invocation), json_(out), out_(out) {}

  /// Fails as `out` does.
  Result<void> add(const OutgoingMessage& message,
                   const std::vector<RecipientResult>& results);
  /// A message that could not be read or sent as it is, or what ended the run.
  void failed(const Error& error);
  /// The last line of --json. Fails as `out` does.
  Result<ExitStatus> finish();

 private:
  Result<void> add_lines(const OutgoingMessage& message,
                         const RecipientResult& result);
  Result<void> write_json(const OutgoingMessage& message,
                          const RecipientResult& result);

  const Invocation& invocation_;
  JsonWriter json_;
  Output& out_;
  ExitStatus status_ = ExitStatus::ok;
  std::uint64_t messages_ = 0;
  std::uint64_t octets_ = 0;
  std::array<std::uint64_t, 4> outcomes_{};  // by client::Outcome
  std::uint64_t queued_ = 0;
  std::uint64_t failed_ = 0;  // messages, or the run as a whole
  std::string message_id_;                   // of the last one
  std::string queue_id_;                     // of the last one
};

}  // namespace mailtool::app
