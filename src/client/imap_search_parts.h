/// \file
/// What SELECT and SEARCH of ImapClient share.
#pragma once

#include "mailtool/base/result.h"
#include "mailtool/client/imap_search.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

/// Takes over what a response code of SELECT says about the mailbox.
void apply_code(const imap::ResponseCode& code, SelectedMailbox& mailbox);

/// Where a server that takes a number of messages at a time stopped, as it goes
/// from the highest UID down: OK [MESSAGELIMIT 1000 23221] (RFC 9738 section 3).
/// nullopt where it went to the end, or does not say.
[[nodiscard]] std::optional<std::uint32_t> stopped_at(
    const imap::StatusResponse& done);

/// SELECT, or EXAMINE.
Result<imap::Command> select_command(const imap::MailboxName& mailbox,
                                     bool read_only);

/// The server insists on ID before any SELECT.
[[nodiscard]] bool wants_id(const imap::StatusResponse& done);

[[nodiscard]] Error select_refusal(const imap::StatusResponse& done,
                                   const imap::MailboxName& mailbox);

}  // namespace mailtool::client
