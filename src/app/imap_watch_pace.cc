#include "app/imap_watch_pace.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "app/signals.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

milliseconds read_clock(clockid_t which) {
  timespec now{};
  ::clock_gettime(which, &now);
  return milliseconds(std::int64_t{now.tv_sec} * 1000 +
                      now.tv_nsec / 1'000'000);
}

}  // namespace

milliseconds Backoff::next(std::uint32_t chance, milliseconds asked) {
  const auto half = next_.count() / 2;
  const milliseconds wait(half + chance % static_cast<std::uint32_t>(half + 1));
  next_ = std::min(2 * next_, kMost);
  return std::max(wait, std::min(asked, kMostAsked));
}

milliseconds suggested_backoff(std::string_view server_said) {
  constexpr std::string_view kWords = "suggested backoff time:";
  const auto text = lower(server_said);
  const auto at = text.find(kWords);
  if (at == text.npos) return milliseconds(0);
  auto rest = trim(std::string_view(text).substr(at + kWords.size()));
  const auto digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  const auto number = parse_number(digits, 1'000'000'000);
  if (!number) return milliseconds(0);
  rest = trim(rest.substr(digits.size()));
  const bool in_seconds = rest.starts_with("s");
  return milliseconds(static_cast<std::int64_t>(*number) *
                      (in_seconds ? 1000 : 1));
}

void IdleRenewal::dropped_after(milliseconds silence) {
  if (silence < kLeast) return;  // for another reason
  after_ = std::min(after_, std::max(kLeast, silence * 4 / 5));
}

milliseconds SuspendClock::slept() {
  const auto ahead = read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC);
  const auto slept = std::max(ahead - last_, milliseconds(0));
  last_ = ahead;
  return slept;
}

bool pause_for(milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    const int limit = time_left();
    if (limit == 0) return false;
    const auto wait = limit < 0 ? left : std::min(left, milliseconds(limit));
    pollfd one{interrupt_fd(), POLLIN, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(wait.count()));
    if (ready > 0 || caught_signal() != 0) return false;
  }
}

}  // namespace mailtool::app
