/// \file
/// MoveClaim: messages that one session is moving away.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

/// Between their copies and their removal there is a sync, and other sessions
/// are served meanwhile: what is claimed is not there for a MOVE of theirs.
class MoveClaim {
 public:
  MoveClaim(std::shared_ptr<Mailbox> mailbox,
            const std::vector<std::uint32_t>& wanted)
      : mailbox_(std::move(mailbox)) {
    for (const auto uid : wanted) {
      if (mailbox_->moving_.insert(uid).second) uids_.push_back(uid);
    }
  }
  ~MoveClaim() {
    for (const auto uid : uids_) mailbox_->moving_.erase(uid);
  }
  MoveClaim(const MoveClaim&) = delete;
  MoveClaim& operator=(const MoveClaim&) = delete;

  /// Those of `wanted` that nobody else has claimed.
  [[nodiscard]] const std::vector<std::uint32_t>& uids() const { return uids_; }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::vector<std::uint32_t> uids_;
};

}  // namespace mailtool::serve
