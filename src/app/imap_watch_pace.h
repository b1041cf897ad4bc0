/// \file
/// How long watch waits: between two connections, and before IDLE is renewed.
/// No clock and no chance of its own: both are given.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mailtool::app {

/// Exponential back-off between connections that fail, 1 s to 5 min, half of
/// each by chance, so that many clients of one server do not come all at once.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{1000};
  static constexpr std::chrono::milliseconds kMost{300'000};
  /// Longest wait that a server may ask for.
  static constexpr std::chrono::milliseconds kMostAsked{3'600'000};

  /// The next wait. `chance`: any number. `asked`: what the server asked for;
  /// never less than that, up to kMostAsked.
  std::chrono::milliseconds next(std::uint32_t chance,
                                 std::chrono::milliseconds asked);
  /// A session went well.
  void reset() { next_ = kFirst; }

 private:
  std::chrono::milliseconds next_ = kFirst;
};

/// The N of "Suggested Backoff Time: N milliseconds", which is how a server
/// that throttles says when to come again; else 0.
[[nodiscard]] std::chrono::milliseconds suggested_backoff(
    std::string_view server_said);

/// When to renew IDLE: before 29 minutes (RFC 2177 section 3), and sooner once
/// a server, or what is between, has dropped a connection for being idle.
class IdleRenewal {
 public:
  static constexpr std::chrono::milliseconds kMost{28 * 60'000};
  static constexpr std::chrono::milliseconds kLeast{30'000};

  [[nodiscard]] std::chrono::milliseconds after() const { return after_; }
  /// The connection was lost when nothing had been said for `silence`.
  void dropped_after(std::chrono::milliseconds silence);

 private:
  std::chrono::milliseconds after_ = kMost;
};

/// Time during which the system was suspended since this was last asked: what
/// connections there were are probably gone.
class SuspendClock {
 public:
  SuspendClock() { (void)slept(); }
  [[nodiscard]] std::chrono::milliseconds slept();

 private:
  std::chrono::milliseconds last_{0};
};

/// Waits for `time`. False when a signal, --deadline or end_waits() came first.
bool pause_for(std::chrono::milliseconds time);

}  // namespace mailtool::app
