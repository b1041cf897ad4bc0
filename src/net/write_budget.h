/// \file
/// WriteBudget: how long a peer may take nothing of what it is sent.
#pragma once

#include "mailtool/base/result.h"
#include "net/wait.h"

namespace mailtool::net {

/// A Budget that begins anew whenever the peer takes octets: it bounds silence,
/// not the time a long write takes over a slow line.
class WriteBudget {
 public:
  /// `descriptor`: a connected socket, which outlives it.
  WriteBudget(int descriptor, const Budget& budget)
      : descriptor_(descriptor), budget_(budget) {}

  /// Waits until the socket has room again. Fails with timed_out when the peer
  /// took nothing for the whole budget, or as poll_until.
  Result<void> wait();
  /// As Budget::check.
  [[nodiscard]] Result<void> check() const;

 private:
  int descriptor_;
  Budget budget_;
};

}  // namespace mailtool::net
