#include "client/imap_fetch_handler.h"

#include <algorithm>
#include <utility>

namespace mailtool::client {
namespace {

// What is held of messages that are not complete: beyond, the oldest goes out
// as it is.
constexpr std::size_t kMostPartial = 1000;
constexpr std::size_t kPartialOctets = 16 * 1024 * 1024;

}  // namespace

Result<bool> FetchHandler::on_data(imap::Response& data) {
  auto* fetch = std::get_if<imap::FetchData>(&data);
  if (fetch == nullptr) {
    renumber(data);
    return false;
  }
  // The rest of a message whose UID came in an earlier response.
  if (!fetch->uid && last_ && last_->sequence == fetch->sequence) {
    fetch->uid = last_->uid;
  }
  if (!fetch->uid) {
    const bool first = !unnamed_ || unnamed_->sequence != fetch->sequence;
    if (first) {
      unnamed_ = *fetch;  // unsolicited so far: others hear of it, too
    } else {
      unnamed_->merge(imap::FetchData(*fetch));
    }
    return false;
  }
  const auto uid = *fetch->uid;
  if (!uids_.contains(uid) || done_.contains(uid)) return false;
  last_ = Named{fetch->sequence, uid};
  return take(uid, std::move(*fetch));
}

Result<imap::SequenceSet> FetchHandler::finish() {
  take_unnamed();
  std::vector<std::uint32_t> left;
  left.reserve(partial_.size());
  for (const auto& [uid, data] : partial_) left.push_back(uid);
  std::sort(left.begin(), left.end());
  for (const auto uid : left) {
    if (auto shown = hand_on_partial(uid); !shown) return shown.error();
  }
  return done_.to_set();
}

// What came and could not be read will not come again.
bool FetchHandler::complete(const imap::FetchData& data) const {
  const auto came = [&](std::string_view item, bool has) {
    return has || data.was_unreadable(item);
  };
  return (!items_.flags || came("FLAGS", data.flags.has_value())) &&
         (!items_.size || came("RFC822.SIZE", data.size.has_value())) &&
         (!items_.internal_date ||
          came("INTERNALDATE", data.internal_date.has_value())) &&
         (!items_.envelope || came("ENVELOPE", data.envelope.has_value())) &&
         (!items_.body_structure ||
          came("BODYSTRUCTURE", data.body_structure.has_value())) &&
         (!items_.save_date ||
          came("SAVEDATE", data.save_date.has_value())) &&
         (!items_.preview || came("PREVIEW", data.preview.has_value())) &&
         (!items_.email_id || came("EMAILID", data.email_id.has_value())) &&
         (!items_.thread_id ||
          came("THREADID", data.thread_id.has_value())) &&
         (items_.header_fields.empty() || !data.sections.empty());
}

// Sequence numbers that are still to be matched shift when a message goes,
// as they may within a UID FETCH.
void FetchHandler::renumber(const imap::Response& data) {
  if (std::holds_alternative<imap::VanishedData>(data)) {
    unnamed_.reset();
    last_.reset();
  }
  const auto* gone = std::get_if<imap::ExpungeData>(&data);
  if (gone == nullptr) return;
  const auto shift = [&](auto& about) {
    if (!about || about->sequence < gone->sequence) return;
    if (about->sequence == gone->sequence) {
      about.reset();
    } else {
      --about->sequence;
    }
  };
  shift(unnamed_);
  shift(last_);
}

// Lenient: the answer about the only message asked for need not name it.
// Test: odd_fetch_test.cc, "UID never sent".
void FetchHandler::take_unnamed() {
  const bool alone =
      uids_.count() == 1 && done_.empty() && partial_.empty() && unnamed_;
  if (!alone || !complete(*unnamed_)) return;
  const auto uid = uids_.ranges().front().first;
  unnamed_->uid = uid;
  (void)keep(uid, *std::exchange(unnamed_, std::nullopt));
}

Result<bool> FetchHandler::take(std::uint32_t uid,
                                imap::FetchData&& fetch) {
  if (unnamed_ && unnamed_->sequence == fetch.sequence) {
    auto whole = std::exchange(unnamed_, std::nullopt);
    whole->merge(std::move(fetch));
    fetch = *std::move(whole);
  }
  const auto at = partial_.find(uid);
  if (at == partial_.end() && !complete(fetch)) {
    if (auto kept = keep(uid, std::move(fetch)); !kept) return kept.error();
    return true;
  }
  if (at != partial_.end()) {
    partial_octets_ += fetch.octets;
    at->second.merge(std::move(fetch));
    // Counted as unsolicited, lest a server adds to one message for ever.
    if (!complete(at->second)) return false;
    partial_octets_ -= at->second.octets;
    fetch = std::move(at->second);
    partial_.erase(at);
  }
  done_.insert(uid);
  if (auto shown = on_message_(fetch); !shown) return shown.error();
  return true;
}

Result<void> FetchHandler::hand_on_partial(std::uint32_t uid) {
  const auto at = partial_.find(uid);
  if (at == partial_.end()) return {};
  auto data = std::move(at->second);
  partial_octets_ -= data.octets;
  partial_.erase(at);
  done_.insert(uid);
  if (!complete(data)) {
    data.warnings.emplace_back("the server did not send all of it");
  }
  return on_message_(data);
}

Result<void> FetchHandler::keep(std::uint32_t uid, imap::FetchData&& data) {
  partial_octets_ += data.octets;
  partial_.emplace(uid, std::move(data));
  order_.push_back(uid);
  while (order_.size() > kMostPartial || partial_octets_ > kPartialOctets) {
    const auto oldest = order_.front();
    order_.pop_front();
    if (auto shown = hand_on_partial(oldest); !shown) return shown;
  }
  return {};
}

}  // namespace mailtool::client
