/// \file
/// What the queue writes to the sender of a message: RFC 3464 in RFC 6522.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/queue_state.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

enum class ReportKind : std::uint8_t {
  failed,   ///< refused for good, or given up
  delayed,  ///< still trying
  // Where DSN was asked for:
  relayed,    ///< the next server has none (RFC 3461 section 5.2.3)
  delivered,  ///< it is in the mailbox (RFC 3461 section 5.2.4)
};

/// Who reports, and when.
struct ReportOrigin {
  std::string host;      ///< "alice-laptop.example": Reporting-MTA
  std::string from;      ///< the address in From: "MAILER-DAEMON@host"
  std::int64_t now = 0;  ///< seconds since 1970
  int zone_minutes = 0;  ///< east of UTC
  std::string token;     ///< 16 to 40 letters and digits, for id and boundary
};

/// Writes a multipart/report to `state.sender` about `about`, recipients of
/// `state`: in plain words, as message/delivery-status, and the header of the
/// message, or all of it where DSN asks for that (RET=FULL) and it is a
/// failure. CRLF line ends, 7 bit, lines of at most 998 octets, whatever the
/// servers and the message say. `original` is the message from its start.
///
/// Fails as `original` and `to` do. \pre `about` is not empty
Result<void> write_report(ReportKind kind, const QueueState& state,
                          const std::vector<const QueueRecipient*>& about,
                          const ReportOrigin& origin, Source& original,
                          Sink& to);

}  // namespace mailtool::app
