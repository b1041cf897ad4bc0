/// \file
/// What SELECT and SEARCH of ImapClient share.
#pragma once

#include "mailtool/base/result.h"
#include "mailtool/client/imap_search.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

/// Takes over what a response code of SELECT says about the mailbox.
void apply_code(const imap::ResponseCode& code, SelectedMailbox& mailbox);

/// SELECT, or EXAMINE.
Result<imap::Command> select_command(const imap::MailboxName& mailbox,
                                     bool read_only);

/// The server insists on ID before any SELECT.
[[nodiscard]] bool wants_id(const imap::StatusResponse& done);

[[nodiscard]] Error select_refusal(const imap::StatusResponse& done,
                                   const imap::MailboxName& mailbox);

}  // namespace mailtool::client
