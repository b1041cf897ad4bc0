#include "client/imap_search_handler.h"

#include <utility>

#include "client/imap_search_parts.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kMaxSearchLines = 10'000;
constexpr std::size_t kMostNewer = 10'000;  // come after the SELECT

}  // namespace

SelectHandler::SelectHandler(const imap::MailboxName& name, bool read_only,
                             bool keep_flags)
    : keep_flags_(keep_flags) {
  mailbox.name = name;
  mailbox.read_only = read_only;
}

Result<bool> SelectHandler::on_data(imap::Response& data) {
  if (const auto* exists = std::get_if<imap::ExistsData>(&data)) {
    mailbox.exists = exists->count;
  } else if (auto* flags = std::get_if<imap::FlagsData>(&data)) {
    if (keep_flags_) mailbox.flags = std::move(flags->flags);
  }
  // Counted as unsolicited: a SELECT brings little.
  return false;
}

void SelectHandler::on_status(const imap::StatusResponse& status) {
  const bool kept = keep_flags_ || !status.has_code("PERMANENTFLAGS");
  if (status.code && kept) apply_code(*status.code, mailbox);
}

SearchHandler::SearchHandler(const SearchQuestion& question,
                             std::size_t& budget, const std::uint32_t& exists)
    : sorted_(!question.sort.empty()),
      threaded_(question.thread.has_value()),
      budget_(budget),
      exists_(exists) {}

Result<bool> SearchHandler::on_data(imap::Response& data) {
  if (const auto* threads = std::get_if<imap::ThreadData>(&data)) {
    return threaded_ ? on_threads(*threads) : Result<bool>(false);
  }
  auto* found = std::get_if<imap::SearchData>(&data);
  if (found == nullptr) return false;
  if (threaded_) return next_ != nullptr ? next_->on_data(data) : false;
  if (found->malformed) {
    return Error{ErrorKind::protocol, "bad number in the answer to SEARCH"};
  }
  const auto& ranges = found->numbers.ranges();
  const auto cost = ranges.size() + found->order.size() / 2;
  if (++lines_ > kMaxSearchLines || cost > budget_) {
    return Error{ErrorKind::protocol, "answer to SEARCH without end"};
  }
  budget_ -= cost;
  ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
  if (found->count) count_ = found->count;
  extended_ = extended_ || found->extended;
  if (sorted_) {
    order_.insert(order_.end(), found->order.begin(), found->order.end());
  }
  return true;
}

SearchOutcome SearchHandler::take() {
  SearchOutcome outcome;
  outcome.extended = extended_;
  outcome.threads = std::move(places_);
  outcome.uids = imap::SequenceSet(std::move(ranges_));
  outcome.count =
      count_ && outcome.uids.empty() ? *count_ : outcome.uids.count();
  if (!sorted_) return outcome;
  if (order_.size() != outcome.count) each_once();
  outcome.order = std::move(order_);
  return outcome;
}

Result<bool> SearchHandler::on_threads(const imap::ThreadData& threads) {
  if (threads.malformed) {
    return Error{ErrorKind::protocol, "the answer to THREAD cannot be read"};
  }
  if (++lines_ > kMaxSearchLines || threads.places.size() > budget_) {
    return Error{ErrorKind::protocol, "answer to THREAD without end"};
  }
  budget_ -= threads.places.size();
  for (const auto& place : threads.places) {
    if (places_.size() >= std::size_t{exists_} + kMostNewer) {
      return Error{ErrorKind::protocol, "THREAD: more than there are"};
    }
    if (!placed_.insert(place.uid).second) continue;
    places_.push_back(place);
    ranges_.push_back({place.uid, place.uid});
  }
  return true;
}

// A server that names a message twice is not believed the second time.
void SearchHandler::each_once() {
  std::unordered_set<std::uint32_t> seen;
  std::erase_if(order_,
                [&](std::uint32_t uid) { return !seen.insert(uid).second; });
}

}  // namespace mailtool::client
