#include "net/wait.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mailtool::net {
namespace {

using Clock = RunLimits::Clock;

// Most descriptors ever waited for at once: those of a look-up or a race.
constexpr std::size_t kMaxDescriptors = 31;
// Of Budget::check: as long as nobody notices.
constexpr std::chrono::milliseconds kAskEvery{10};

// Rounded up, so that a wait never ends just before its time.
int milliseconds_until(Clock::time_point until) {
  const auto left = until - Clock::now();
  if (left <= Clock::duration::zero()) return 0;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::min<std::int64_t>(ms, 3'600'000));
}

Error run_expired(const RunLimits& run) {
  return Error{ErrorKind::timed_out,
               "the deadline of " + duration_text(run.budget) + " passed"};
}

}  // namespace

Result<bool> poll_until(std::span<pollfd> descriptors, Clock::time_point until,
                        const RunLimits& run) {
  std::array<pollfd, kMaxDescriptors + 1> all{};
  if (descriptors.size() > kMaxDescriptors)
    return Error{ErrorKind::internal, "too many descriptors to wait for"};
  std::copy(descriptors.begin(), descriptors.end(), all.begin());
  all[descriptors.size()] = pollfd{run.interrupt_fd, POLLIN, 0};
  const auto end = run.end ? std::min(until, *run.end) : until;
  while (true) {
    const int ready =
        ::poll(all.data(), descriptors.size() + 1, milliseconds_until(end));
    if (ready < 0 && errno != EINTR)
      return Error{ErrorKind::system,
                   std::string("cannot wait: ") + std::strerror(errno)};
    if (ready > 0 && all[descriptors.size()].revents != 0)
      return Error{ErrorKind::interrupted, "interrupted"};
    const auto now = Clock::now();
    if (run.end && now >= *run.end) return run_expired(run);
    if (ready > 0) {
      std::copy_n(all.begin(), descriptors.size(), descriptors.begin());
      return true;
    }
    if (now >= until) return false;
  }
}

Budget Budget::of(std::chrono::milliseconds length, const RunLimits& run) {
  return Budget{Clock::now() + length, length, run};
}

void Budget::restart(std::chrono::milliseconds new_length) {
  until = Clock::now() + new_length;
  length = new_length;
}

Result<void> Budget::wait(int descriptor, short events,
                          std::string_view nothing) const {
  pollfd one{descriptor, events, 0};
  const auto ready = poll_until(std::span(&one, 1), until, run);
  if (!ready) return ready.error();
  if (*ready) return {};
  return Error{ErrorKind::timed_out,
               std::string(nothing) + " within " + duration_text(length)};
}

Result<void> Budget::check(std::string_view nothing) const {
  const auto now = Clock::now();
  if (now - asked >= kAskEvery) {
    const auto ready = poll_until({}, now, run);
    if (!ready) return ready.error();
    asked = now;
  }
  if (run.end && now >= *run.end) return run_expired(run);
  if (now < until) return {};
  return Error{ErrorKind::timed_out,
               std::string(nothing) + " within " + duration_text(length)};
}

}  // namespace mailtool::net
