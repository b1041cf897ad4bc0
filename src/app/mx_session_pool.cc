#include "app/mx_session_pool.h"

#include <algorithm>
#include <utility>

namespace mailtool::app {

std::optional<MxSessionPool::Kept> MxSessionPool::pick(const std::string& key) {
  const std::lock_guard lock(mutex_);
  // The one that has rested least is the one most likely to be good.
  const auto at = std::find_if(kept_.rbegin(), kept_.rend(),
                               [&key](const Kept& k) { return k.key == key; });
  if (at == kept_.rend()) return std::nullopt;
  auto found = std::move(*at);
  kept_.erase(std::next(at).base());
  return found;
}

std::optional<MxSessionPool::Kept> MxSessionPool::take(const std::string& key) {
  while (auto kept = pick(key)) {
    const auto idle = Clock::now() - kept->rested;
    if (idle < kProbeAfter) return kept;
    if (idle < kLongestIdle && kept->session->still_answers()) return kept;
    kept->session->quit();
  }
  return std::nullopt;
}

void MxSessionPool::put(Kept kept) {
  kept.rested = Clock::now();
  const bool fit =
      kept.session->usable() && kept.rested - kept.begun < kLongestLife;
  std::optional<Kept> leaving;
  if (fit) {
    const std::lock_guard lock(mutex_);
    if (kept_.size() == kMostKept) {
      leaving = std::move(kept_.front());
      kept_.erase(kept_.begin());
    }
    kept_.push_back(std::move(kept));
  } else {
    leaving = std::move(kept);
  }
  // Outside the lock: the 221 takes its time.
  if (leaving) leaving->session->quit();
}

void MxSessionPool::finish() {
  std::vector<Kept> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(kept_);
  }
  for (auto& one : all) one.session->quit();
}

}  // namespace mailtool::app
