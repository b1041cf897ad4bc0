/// \file
/// Which folders of the server a command means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/imap_session.h"

namespace mailtool::app {

/// Does `name` match as LIST means it: "*" is anything, "%" anything without
/// `delimiter` (empty: none)?
[[nodiscard]] bool matches_mailbox(std::string_view pattern,
                                   std::string_view name,
                                   std::string_view delimiter);

struct MailboxChoice {
  std::vector<client::ListedMailbox> mailboxes;  ///< by name, with their status
  std::vector<std::string> unmatched;            ///< words that name none
};

/// The selectable folders that `words` name: each a folder, or a pattern where
/// none is called exactly so. Fails as ImapSession::folder() and
/// ImapClient::list().
Result<MailboxChoice> choose_mailboxes(ImapSession& session,
                                       const std::vector<std::string>& words);

}  // namespace mailtool::app
