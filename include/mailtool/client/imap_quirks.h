/// \file
/// ImapQuirks: what a server is known to get wrong, decided when it is met.
#pragma once

#include "mailtool/imap/response.h"

namespace mailtool::client {

/// Known before the fault shows, so that it costs no round trip. Without them
/// the session recovers all the same, once the server has refused.
struct ImapQuirks {
  /// Coremail refuses SELECT as an "Unsafe Login" to those it knows no ID of.
  bool id_before_select = false;
  /// Coremail offers SASL-IR and answers BAD to it.
  bool no_initial_response = false;

  friend bool operator==(const ImapQuirks&, const ImapQuirks&) = default;
};

/// What the greeting gives away.
[[nodiscard]] ImapQuirks quirks_of(const imap::StatusResponse& greeting);

}  // namespace mailtool::client
