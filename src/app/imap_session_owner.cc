#include "app/imap_session_owner.h"

#include <utility>

namespace mailtool::app {

Result<std::shared_ptr<ImapSession>> ImapSessionOwner::session() {
  if (session_ && !session_->can_go_on()) session_.reset();
  if (session_) return session_;
  auto connected = ImapSession::connect(invocation_);
  if (!connected) {
    out_of_reach_ = true;
    return std::move(connected).error();
  }
  session_ = *std::move(connected);
  return session_;
}

}  // namespace mailtool::app
