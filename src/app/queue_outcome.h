/// \file
/// What an attempt means for a recipient in the queue.
#pragma once

#include <cstdint>

#include "app/queue_state.h"
#include "app/send_report.h"

namespace mailtool::app {

/// Records in `recipient`, one of `state`, and among the attempts what became
/// of it at `now` (seconds since 1970). Only these are final:
///
/// - a reply 2yz to the message: sent;
/// - a reply 5yz to MAIL, RCPT, DATA or the message that speaks of the message
///   or the recipient, a message no server could take, a domain that does not
///   exist or takes no mail: failed;
/// - anything else once the message has lived as long as it may: failed.
///
/// Credentials refused, TLS not proved, a configuration that leads nowhere:
/// their cause can be mended, and mail waits for that.
void note_attempt(const RecipientResult& result, std::int64_t now,
                  QueueRecipient& recipient, QueueState& state);

}  // namespace mailtool::app
