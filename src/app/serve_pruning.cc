#include "app/serve_pruning.h"

#include <algorithm>

namespace mailtool::app {
namespace {

constexpr std::int64_t kRetrySeconds = 60;

}  // namespace

std::vector<std::uint32_t> ServePruning::too_many(const ServedBox& box,
                                                  std::int64_t now,
                                                  bool by_age) const {
  const auto& all = box.messages();
  std::vector<std::uint32_t> uids;
  const std::uint64_t keep = limits_.keep.value_or(all.size());
  const auto beyond = all.size() - std::min<std::uint64_t>(keep, all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i >= beyond && !by_age) break;
    const bool old = by_age && now - all[i].date > limits_.max_age->count();
    if (i < beyond || old) uids.push_back(all[i].uid);
  }
  return uids;
}

void ServePruning::run() {
  const auto now = clock_();
  const bool by_age = limits_.max_age && now != aged_;
  if (by_age) aged_ = now;
  for (auto& [box, next, not_before] : inboxes_) {
    if (now < not_before) continue;
    if (box->is_removed()) {
      auto there = next();
      if (!there) not_before = now + kRetrySeconds;
      if (!there) continue;
      box = std::move(there);
    }
    const auto uids = too_many(*box, now, by_age);
    if (uids.empty()) continue;
    const auto before = box->messages().size();
    (void)box->remove(uids);
    if (before - box->messages().size() < uids.size()) {
      not_before = now + kRetrySeconds;
    }
    (void)box->ticket();
  }
}

}  // namespace mailtool::app
