/// \file
/// WaitMessage: the message that `wait` prints, fetched before it is claimed.
#pragma once

#include <string>

#include "app/invocation.h"
#include "app/output.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// So that between the claim and the last octet printed nothing is waited for.
class WaitMessage {
 public:
  /// These outlive it.
  WaitMessage(const Invocation& invocation, client::ImapClient& client,
              imap::FetchData message);

  [[nodiscard]] std::uint32_t uid() const { return *message_.uid; }
  /// Of what was found; 0: the server has none.
  [[nodiscard]] std::uint64_t modseq() const {
    return message_.modseq.value_or(0);
  }
  /// Fails with no_such_item where the message is gone, or as the client does.
  Result<void> fetch();
  /// Fails as `out` does. \pre fetch()
  Result<void> print(Output& out);

 private:
  const Invocation& invocation_;
  client::ImapClient& client_;
  imap::FetchData message_;
  store::Spool whole_;
  std::string text_;  // of "text" in JSON
  bool has_text_ = false;
};

}  // namespace mailtool::app
