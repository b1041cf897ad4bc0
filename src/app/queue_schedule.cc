#include "app/queue_schedule.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

std::int64_t pause_after(unsigned attempts) {
  std::int64_t pause = kFirstPause;
  for (unsigned i = 1; i < attempts && pause < kLongestPause; ++i) pause *= 2;
  return std::min(pause, kLongestPause);
}

}  // namespace

bool is_greylisting(int code, std::string_view enhanced,
                    std::string_view said) {
  if (code != 450 && code != 451) return false;
  if (enhanced == "4.7.1") return true;
  const auto words = lower(said);
  return words.find("greylist") != words.npos ||
         words.find("graylist") != words.npos;
}

std::optional<std::int64_t> next_try(const QueueState& state,
                                     const QueueRecipient& recipient,
                                     std::int64_t now) {
  // A message that seems to come from the future is new.
  const auto born = std::min(std::max(state.queued_at, state.not_before), now);
  const auto end = born + (state.lifetime > 0 ? state.lifetime : kLifetime);
  if (now >= end) return std::nullopt;
  const bool greylisted =
      is_greylisting(recipient.code, recipient.enhanced, recipient.said);
  auto pause = pause_after(recipient.attempts);
  if (greylisted && recipient.attempts <= 2) pause = kGreylistPause;
  // The last try comes when the time is up, not after it.
  return std::min(now + pause, end);
}

bool is_due(const QueueState& state, const QueueRecipient& recipient,
            std::int64_t now) {
  if (recipient.outcome != QueueOutcome::waiting || now < state.not_before) {
    return false;
  }
  return recipient.next_try <= now ||
         recipient.next_try > now + kLongestPause + kGreylistPause;
}

}  // namespace mailtool::app
