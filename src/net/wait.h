/// \file
/// Waiting for descriptors within limits: the one poll(2) of net.
#pragma once

#include <poll.h>

#include <chrono>
#include <span>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/net/run_limits.h"

namespace mailtool::net {

/// Waits until one of `descriptors` has an event (their revents are set), or
/// until `until`: false. Fails with interrupted, with timed_out at the end of
/// the run, and with system. A descriptor of -1 is passed over.
Result<bool> poll_until(std::span<pollfd> descriptors,
                        RunLimits::Clock::time_point until,
                        const RunLimits& run);

/// The time one operation may take, with the limits of the run around it.
struct Budget {
  RunLimits::Clock::time_point until;
  std::chrono::milliseconds length;
  RunLimits run;
  /// When check() last asked the kernel whether the run was interrupted.
  mutable RunLimits::Clock::time_point asked{};

  static Budget of(std::chrono::milliseconds length, const RunLimits& run);
  /// The same run, for another operation that begins now.
  void restart(std::chrono::milliseconds length);

  /// Waits for `events` on `descriptor`. Fails with timed_out, saying that
  /// `nothing` ("no answer") came within the budget, or as poll_until.
  Result<void> wait(int descriptor, short events,
                    std::string_view nothing) const;
  /// Fails as wait does, without waiting: for peers that never let us wait. An
  /// interruption is seen within some milliseconds, since it costs a call.
  Result<void> check(std::string_view nothing) const;
};

}  // namespace mailtool::net
