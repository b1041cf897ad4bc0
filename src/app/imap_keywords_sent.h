/// \file
/// KeywordsSent: the keywords of messages that went to a folder.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// A message with keywords that it does not keep a server takes without them,
/// saying OK, or refuses, not saying why. What it keeps a SELECT has told, or
/// it is not known.
class KeywordsSent {
 public:
  /// Of a message that was taken or refused; those that are no keywords are
  /// passed over.
  void add(const std::vector<std::string>& flags);
  /// One line on stderr names those that `to` does not keep; none where there
  /// are none, or where the server has not said: the folder is not SELECTed.
  void warn_of_lost(const client::ImapClient& client,
                    const imap::MailboxName& to) const;

 private:
  std::set<std::string> keywords_;
};

}  // namespace mailtool::app
