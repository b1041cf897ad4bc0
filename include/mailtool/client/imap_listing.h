/// \file
/// What LIST is asked and answers (RFC 9051 section 6.3.9, RFC 5258, RFC 5819).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/imap/capability.h"
#include "mailtool/imap/command.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

/// One mailbox of a LIST, with what was asked for about it.
struct ListedMailbox {
  imap::ListData list;
  bool subscribed = false;
  std::optional<imap::StatusData> status;
  /// "\Trash" and its like (RFC 6154, 8457), or "" for none.
  [[nodiscard]] std::string special_use() const;
  [[nodiscard]] bool has(std::string_view attribute) const;
};

struct ListQuestion {
  std::vector<std::string> patterns;  ///< UTF-8; empty: "*"
  bool subscribed_only = false;
  bool status = false;         ///< MESSAGES UNSEEN UIDNEXT UIDVALIDITY (SIZE)
  bool special_use = false;    ///< say the roles
  bool subscriptions = false;  ///< say which are subscribed
  /// Of the status only what tells of changes: MESSAGES UIDNEXT UIDVALIDITY,
  /// and HIGHESTMODSEQ where offered.
  bool only_changes = false;
  /// Is handed each mailbox, in the server's order, once all is known that was
  /// asked about it; list() then returns none. May fail to end the session.
  std::function<Result<void>(const ListedMailbox&)> on_mailbox = {};
};

/// The LIST or LSUB of each pattern, as ImapClient::list() sends them in one
/// flight. Fails where a pattern is no name.
Result<std::vector<imap::Command>> list_commands(
    const ListQuestion& question, const imap::Capabilities& offered,
    imap::NameEncoding encoding);

}  // namespace mailtool::client
