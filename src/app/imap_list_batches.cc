#include "app/imap_list_batches.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "app/imap_preview.h"
#include "mailtool/client/imap_batches.h"

namespace mailtool::app {
namespace {

// Rows that wait for their previews, and the octets that told of them.
constexpr std::size_t kRowsHeld = 1000;
constexpr std::size_t kOctetsHeld = 8 * 1024 * 1024;

using Places = std::unordered_map<std::uint32_t, std::size_t>;

// The place of each UID in `order`.
Places places_in(const std::vector<std::uint32_t>& order) {
  Places all;
  for (const auto uid : order) all.emplace(uid, all.size());
  return all;
}

}  // namespace

SomeRows SomeRows::of(std::vector<std::uint32_t> order) {
  SomeRows some;
  std::vector<imap::Range> ranges;
  for (const auto uid : order) ranges.push_back({uid, uid});
  some.uids = imap::SequenceSet(std::move(ranges));
  some.order = std::move(order);
  return some;
}

Result<void> BatchedRows::list(std::uint64_t all, const Next& next) {
  client::FetchBatches batches;
  batches.messages = all;
  bool more = true;
  batches.next = [&]() -> imap::SequenceSet {
    if (is_full()) return {};
    auto some = next();
    auto uids = some.uids;
    more = !uids.empty();
    if (more) asked_.push_back(std::move(some));
    return uids;
  };
  batches.take = [&](std::vector<imap::FetchData>& messages) {
    return take(messages);
  };
  while (more) {
    auto done = client::fetch_batches(session_.client(), items_.fetch, batches);
    if (!done && !session_.client().settled()) return done;
    auto wrote = write_with_previews();
    if (!done) return done;
    if (!wrote) return wrote;
  }
  return {};
}

// Their previews are due.
bool BatchedRows::is_full() const {
  const auto rows = held_.size() + asked_.size() * client::kBatch;
  return items_.local_preview && (rows >= kRowsHeld || octets_ >= kOctetsHeld);
}

Result<void> BatchedRows::take(std::vector<imap::FetchData>& messages) {
  const auto some = std::move(asked_.front());
  asked_.pop_front();
  const auto places = places_in(some.order);
  const auto place_of = [&](const imap::FetchData& message) {
    const auto at = places.find(message.uid.value_or(0));
    return at == places.end() ? places.size() : at->second;
  };
  if (!some.order.empty()) {
    std::sort(messages.begin(), messages.end(),
              [&](const auto& a, const auto& b) {
                return place_of(a) < place_of(b);
              });
  }
  std::vector<imap::Range> told;
  for (auto& message : messages) {
    if (message.uid) told.push_back({*message.uid, *message.uid});
    const auto at = place_of(message);
    const auto* place = at < some.threads.size() ? &some.threads[at] : nullptr;
    if (items_.local_preview) {
      octets_ += message.octets;
      held_.push_back(std::move(message));
      places_.push_back(place);
      continue;
    }
    auto preview = std::move(message.preview);
    auto wrote = write(message, std::move(preview), place);
    if (!wrote) return wrote;
  }
  untold_.add(some.uids, std::move(told));
  return {};
}

Result<void> BatchedRows::write_with_previews() {
  if (held_.empty()) return {};
  auto previews = fetch_previews(session_.client(), held_);
  if (!previews) return std::move(previews).error();
  refused_ += previews->refused;
  if (!refusal_) refusal_ = std::move(previews->refusal);
  for (std::size_t i = 0; i < held_.size(); ++i) {
    auto wrote = write(held_[i], std::move(previews->texts[i]), places_[i]);
    if (!wrote) return wrote;
  }
  held_.clear();
  places_.clear();
  octets_ = 0;
  return {};
}

Result<void> BatchedRows::write(const imap::FetchData& message,
                                std::optional<std::string> preview,
                                const imap::ThreadPlace* place) {
  return rows_.write({found_.folder, found_.uidvalidity, message,
                      std::move(preview), place});
}

std::optional<Error> BatchedRows::no_previews() const {
  if (!refusal_) return std::nullopt;
  Error error{refusal_->kind,
              std::to_string(refused_) +
                  (refused_ == 1 ? " preview" : " previews") + " refused"};
  error.server_said = refusal_->server_said;
  return error;
}

}  // namespace mailtool::app
