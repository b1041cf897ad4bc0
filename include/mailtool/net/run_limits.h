/// \file
/// RunLimits: what ends every blocking call of net, whatever its own budget.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace mailtool::net {

/// The deadline of the whole run, and the door for signals.
struct RunLimits {
  using Clock = std::chrono::steady_clock;

  /// Set both by expire_in(). After `end` every call fails with timed_out.
  std::optional<Clock::time_point> end;
  std::chrono::milliseconds budget{0};  ///< as the user gave it, for the error
  /// While this descriptor is readable (an eventfd or the read end of a pipe
  /// that a signal handler writes to) every blocking call fails at once with
  /// interrupted. Never read, never closed here. -1: none.
  int interrupt_fd = -1;

  /// --deadline: the run ends `whole` from now.
  void expire_in(std::chrono::milliseconds whole) {
    budget = whole;
    end = Clock::now() + whole;
  }
};

/// "250 ms", "60 s", "5 min", "2 h".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

}  // namespace mailtool::net
