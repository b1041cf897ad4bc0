/// \file
/// Alerts: what an IMAP server wants its user to see.
#pragma once

#include "mailtool/imap/response.h"

namespace mailtool::app {

/// Says the text of an [ALERT] (RFC 9051 section 7.1: clients must) on stderr,
/// made printable, each text once in a run and at most 100 of them; --quiet does
/// not silence it. Other data is passed over.
void show_alert(const imap::Response& data);

}  // namespace mailtool::app
