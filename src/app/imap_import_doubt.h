/// \file
/// ImportDoubt: messages that an earlier run sent, and of which it is not known
/// whether the server took them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/imap_import_sender.h"

namespace mailtool::app {

class ImportDoubt {
 public:
  struct Message {
    std::size_t file;  ///< whichever number the caller knows it by
    std::string digest;
    std::uint64_t octets;
  };

  void add(Message message) { messages_.push_back(std::move(message)); }

  /// Looks for them in the mailbox that is open. A server may still be at what
  /// the earlier run sent: with `recent`, those that are not found are looked
  /// for again once no message has come for some seconds, or after a minute.
  /// Returns those that are not there. Fails where the session does, with
  /// deferred where it cannot be told.
  Result<std::vector<Message>> settle(client::ImapClient& client,
                                      ImportSender& sender, bool recent);

 private:
  Result<void> look(ImportSender& sender);

  std::vector<Message> messages_;
};

}  // namespace mailtool::app
