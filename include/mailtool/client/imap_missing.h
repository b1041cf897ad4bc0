/// \file
/// What to do where a message goes to a mailbox that may not be there.
#pragma once

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

/// Could `refusal`, of a COPY, MOVE or APPEND, mean that the mailbox is not
/// there? TRYCREATE says so (RFC 9051 section 7.1); a NO without a code may.
[[nodiscard]] bool may_be_missing(const Error& refusal);

/// CREATEs `mailbox` for such a refusal. Fails with the refusal itself where it
/// is of another kind, or where it did not name its cause and CREATE is refused
/// too: then it was most likely about something else.
Result<void> create_missing(ImapClient& client,
                            const imap::MailboxName& mailbox, Error refusal);

}  // namespace mailtool::client
