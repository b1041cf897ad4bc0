/// \file
/// The machine-readable part of a notification: RFC 3464, RFC 6533.
#pragma once

#include <string>
#include <vector>

#include "app/queue_report.h"

namespace mailtool::app {

/// True once `state` has lived as long as it may: what was refused for now is
/// given up.
[[nodiscard]] bool is_expired(const QueueState& state, std::int64_t now);

/// The status code of RFC 3463 that goes with what happened: the server's, if
/// its class fits the report, else one by the reply code, else one by whether a
/// server was reached: "4.4.7".
[[nodiscard]] std::string status_code(ReportKind kind, const QueueState& state,
                                      const QueueRecipient& recipient,
                                      std::int64_t now);

/// True where an address is not ASCII: message/global-delivery-status.
[[nodiscard]] bool is_international(
    const QueueState& state, const std::vector<const QueueRecipient*>& about);

/// The fields about the message. CRLF line ends; ASCII unless `international`.
[[nodiscard]] std::string message_fields(const QueueState& state,
                                         const ReportOrigin& origin,
                                         bool international);
/// The fields about one recipient, with the empty line before them.
[[nodiscard]] std::string recipient_fields(ReportKind kind,
                                           const QueueState& state,
                                           const QueueRecipient& recipient,
                                           const ReportOrigin& origin,
                                           bool international);

}  // namespace mailtool::app
