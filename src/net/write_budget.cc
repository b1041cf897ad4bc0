#include "net/write_budget.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace mailtool::net {
namespace {

using Clock = RunLimits::Clock;

constexpr std::string_view kTookNothing = "the server took no octets";

// How often a wait looks at the queue, in parts of the budget: silence is
// noticed at most one part late.
constexpr int kLooks = 8;

// Octets the peer has not acknowledged. Where the system cannot tell, always
// the same.
int unacknowledged(int descriptor) {
  int octets = 0;
  if (::ioctl(descriptor, TIOCOUTQ, &octets) != 0) {
    return std::numeric_limits<int>::max();
  }
  return octets;
}

}  // namespace

// A socket says that it has room only when a good part of its buffer is free,
// which over a slow line takes longer than any budget; the queue shows sooner
// that the peer takes something.
Result<void> WriteBudget::wait() {
  const auto part =
      std::max(budget_.length / kLooks, std::chrono::milliseconds(1));
  int queued = unacknowledged(descriptor_);
  while (true) {
    pollfd one{descriptor_, POLLOUT, 0};
    const auto look = std::min(budget_.until, Clock::now() + part);
    const auto ready = poll_until(std::span(&one, 1), look, budget_.run);
    if (!ready) return ready.error();
    const int left = unacknowledged(descriptor_);
    if (*ready || left < queued) budget_.until = Clock::now() + budget_.length;
    if (*ready) return {};
    queued = left;
    if (auto time_left = check(); !time_left) return time_left;
  }
}

Result<void> WriteBudget::check() const { return budget_.check(kTookNothing); }

}  // namespace mailtool::net
