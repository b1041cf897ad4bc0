/// \file
/// ImapSessionOwner: the one session that the lines of a batch share.
#pragma once

#include <memory>

#include "app/imap_session.h"

namespace mailtool::app {

class ImapSessionOwner {
 public:
  /// `invocation`, which names the server, outlives it.
  explicit ImapSessionOwner(const Invocation& invocation)
      : invocation_(invocation) {}

  /// The session; connects when there is none yet and when the one there was
  /// has failed. Once connecting has failed it is not tried again: a password
  /// that is refused for every line locks an account.
  Result<std::shared_ptr<ImapSession>> session();

  /// Connecting has failed: no line will do better.
  [[nodiscard]] bool out_of_reach() const { return out_of_reach_; }

 private:
  const Invocation& invocation_;
  std::shared_ptr<ImapSession> session_;
  bool out_of_reach_ = false;
};

}  // namespace mailtool::app
