// The order of what Finder has found: by a key, or by threads.

#include <algorithm>
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

using Places = std::vector<imap::ThreadPlace>;

// Of each thread the UID that its age goes by: of the newest message, or of that
// which began it; and where it begins.
std::vector<std::uint32_t> ages(const Places& threads, imap::ThreadBy by,
                                std::vector<std::size_t>& begins) {
  std::vector<std::uint32_t> uids;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    const auto uid = threads[i].uid;
    if (i == 0 || threads[i].depth == 0) {
      begins.push_back(i);
      uids.push_back(uid);
    } else if (by == imap::ThreadBy::references) {
      uids.back() = std::max(uids.back(), uid);
    }
  }
  return uids;
}

// Messages of no thread, ascending, each behind as many threads as are older by
// their UIDs: one thread that is out of order moves none far.
Places with_alone(const Places& threads,
                  const std::vector<std::uint32_t>& alone, imap::ThreadBy by) {
  std::vector<std::size_t> begins;
  auto uids = ages(threads, by, begins);
  std::sort(uids.begin(), uids.end());
  begins.push_back(threads.size());
  Places all;
  std::size_t taken = 0;
  for (const auto uid : alone) {
    const auto older = std::lower_bound(uids.begin(), uids.end(), uid);
    const auto end = begins[static_cast<std::size_t>(older - uids.begin())];
    while (taken < end) all.push_back(threads[taken++]);
    all.push_back({uid, 0, uid, 0});
  }
  while (taken < threads.size()) all.push_back(threads[taken++]);
  return all;
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

// What no thread has is one of its own.
Result<void> Finder::add_unthreaded(FoundMessages& messages,
                                    const imap::SequenceSet& found) const {
  std::vector<imap::Range> told;
  for (const auto& place : messages.threads) {
    told.push_back({place.uid, place.uid});
  }
  auto left = untold(found, told);
  if (!left) return std::move(left).error();
  if (!left->empty()) {
    messages.threads = with_alone(messages.threads, *left, *options_.thread);
  }
  for (const auto uid : *left) told.push_back({uid, uid});
  messages.uids = imap::SequenceSet(std::move(told));
  messages.count = messages.uids.count();
  return {};
}

}  // namespace mailtool::app
