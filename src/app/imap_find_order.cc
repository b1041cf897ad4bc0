// The order of what Finder has found: by a key, or by threads.

#include <utility>

#include "app/imap_find.h"
#include "app/imap_untold.h"

namespace mailtool::app {
namespace {

// What was found and FETCH did not tell of: it may be there all the same. More
// than a folder holds is not believed.
Result<std::vector<std::uint32_t>> untold(const imap::SequenceSet& found,
                                          std::vector<imap::Range> told) {
  constexpr std::uint64_t kMost = 1'000'000;
  const auto left = found.minus(imap::SequenceSet(std::move(told)));
  if (left.count() > kMost) {
    return Error{ErrorKind::protocol,
                 std::to_string(left.count()) + " messages found, and not told of"};
  }
  std::vector<std::uint32_t> uids;
  for (const auto& range : left.ranges()) {
    const auto count = range.last - range.first + 1;
    for (std::uint32_t i = 0; i < count; ++i) uids.push_back(range.first + i);
  }
  return uids;
}

}  // namespace

Result<void> Finder::sort_here(FoundMessages& messages) {
  Sorter sorter(*options_.sort);
  auto seen = fetch(messages, messages.uids, sorter.items(),
                    [&](imap::FetchData& message) -> Result<void> {
                      sorter.add(message);
                      return {};
                    });
  if (!seen && !is_about_gone(seen.error())) return seen;
  messages.order = sorter.take();
  std::vector<imap::Range> told;
  for (const auto uid : messages.order) told.push_back({uid, uid});
  auto left = untold(messages.uids, std::move(told));
  if (!left) return std::move(left).error();
  messages.order.insert(messages.order.end(), left->begin(), left->end());
  return {};
}

Result<void> Finder::thread_here(FoundMessages& messages) {
  ThreadMaker maker(*options_.thread);
  auto seen = fetch(messages, messages.uids, maker.items(),
                    [&](imap::FetchData& message) -> Result<void> {
                      maker.add(message);
                      return {};
                    });
  if (!seen && !is_about_gone(seen.error())) return seen;
  messages.threads = maker.take();
  return add_unthreaded(messages, messages.uids);
}

// What no thread has is one of its own, and comes last.
Result<void> Finder::add_unthreaded(FoundMessages& messages,
                                    const imap::SequenceSet& found) {
  std::vector<imap::Range> told;
  for (const auto& place : messages.threads) {
    told.push_back({place.uid, place.uid});
  }
  auto left = untold(found, told);
  if (!left) return std::move(left).error();
  for (const auto uid : *left) {
    messages.threads.push_back({uid, 0, uid, 0});
    told.push_back({uid, uid});
  }
  messages.uids = imap::SequenceSet(std::move(told));
  messages.count = messages.uids.count();
  return {};
}

}  // namespace mailtool::app
