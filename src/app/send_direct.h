/// \file
/// Direct delivery to the recipients' mail exchangers: RFC 5321 section 5.
#pragma once

#include <cstdint>
#include <vector>

#include "app/connect.h"
#include "app/send_message.h"
#include "app/send_report.h"

namespace mailtool::app {

/// Delivers `message` to the hosts of each recipient's domain, in order of
/// preference, until each recipient has a final answer or no host is left:
///
/// - a host that cannot be reached, greets with 4yz or 5yz, or fails in EHLO or
///   TLS: the next one;
/// - 4yz to MAIL, RCPT or the message: its recipients go to the next host;
/// - 5yz, or a lost connection after the final dot: final, no other host.
///
/// Where TLS is opportunistic and the handshake fails, the same host is tried
/// again in clear text. Fails only with interrupted and with the deadline of
/// the run; all else is recorded in `results`. With --dry-run it stops after
/// EHLO and TLS, and the results are a plan.
Result<void> deliver_direct(const Invocation& invocation, Connector& connector,
                            const OutgoingMessage& message, std::uint16_t port,
                            std::vector<RecipientResult>& results);

}  // namespace mailtool::app
