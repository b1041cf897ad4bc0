#include "app/queue_state.h"

#include <algorithm>

namespace mailtool::app {

std::optional<std::int64_t> QueueState::next_try() const {
  std::optional<std::int64_t> next;
  for (const auto& recipient : recipients) {
    if (recipient.outcome != QueueOutcome::waiting) continue;
    const auto when = std::max(recipient.next_try, not_before);
    next = next ? std::min(*next, when) : when;
  }
  return next;
}

}  // namespace mailtool::app
