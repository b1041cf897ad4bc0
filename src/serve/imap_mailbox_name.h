/// \file
/// Names of mailboxes as a session has them on the wire: in modified UTF-7
/// (RFC 3501 section 5.1.3) until the client enables IMAP4rev2, then in UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/value.h"

namespace mailtool::serve {

/// The octets of an astring; NIL is three letters where one is due. Empty for a
/// list, and where there is nothing.
[[nodiscard]] std::string_view astring_text(imap::Value value);

/// In UTF-8. The first level is "INBOX" in whatever case it came. nullopt where
/// the octets are nothing in `encoding`, or more than imap::kMaxMailboxName.
[[nodiscard]] std::optional<std::string> read_mailbox_name(
    std::string_view wire, imap::NameEncoding encoding);

/// As an astring: quoted, or a literal where it cannot be.
void put_mailbox_name(std::string& out, std::string_view utf8,
                      imap::NameEncoding encoding);

}  // namespace mailtool::serve
