// UID FETCH: RFC 9051 section 6.4.5.

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

#include "client/imap_search_parts.h"
#include "client/uid_bitmap.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/client/imap_fetch_items.h"

namespace mailtool::client {
namespace {

// Longest sequence set on one line: RFC 7162 section 4 asks servers for 8192
// octets in all.
constexpr std::size_t kSetOctets = 8000;
// What is held of messages that are not complete: beyond, the oldest goes out
// as it is.
constexpr std::size_t kMostPartial = 1000;
constexpr std::size_t kPartialOctets = 16 * 1024 * 1024;

}  // namespace

std::string fetch_items(const FetchItems& items) {
  std::string words = "(UID";
  if (items.flags) words += " FLAGS";
  if (items.size) words += " RFC822.SIZE";
  if (items.internal_date) words += " INTERNALDATE";
  if (items.modseq) words += " MODSEQ";
  if (items.envelope) words += " ENVELOPE";
  if (items.body_structure) words += " BODYSTRUCTURE";
  if (items.save_date) words += " SAVEDATE";
  if (items.preview) words += " PREVIEW";
  if (items.email_id) words += " EMAILID";
  if (items.thread_id) words += " THREADID";
  if (!items.header_fields.empty()) {
    words += " BODY.PEEK[HEADER.FIELDS (";
    for (const auto& field : items.header_fields) {
      if (!words.ends_with('(')) words += ' ';
      words += upper(field);
    }
    words += ")]";
  }
  return words + ")";
}

namespace {

// Hands out each message once, when all that was asked for has come.
class FetchHandler : public ImapHandler {
 public:
  FetchHandler(const imap::SequenceSet& uids, const FetchItems& items,
               const ImapClient::OnMessage& on_message)
      : uids_(uids), items_(items), on_message_(on_message) {}

  Result<bool> on_data(imap::Response& data) override {
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

  Result<imap::SequenceSet> finish() {
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

 private:
  struct Named {
    std::uint32_t sequence;
    std::uint32_t uid;
  };

  // What came and could not be read will not come again.
  [[nodiscard]] bool complete(const imap::FetchData& data) const {
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
  void renumber(const imap::Response& data) {
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
  void take_unnamed() {
    const bool alone =
        uids_.count() == 1 && done_.empty() && partial_.empty() && unnamed_;
    if (!alone || !complete(*unnamed_)) return;
    const auto uid = uids_.ranges().front().first;
    unnamed_->uid = uid;
    (void)keep(uid, *std::exchange(unnamed_, std::nullopt));
  }

  Result<bool> take(std::uint32_t uid, imap::FetchData&& fetch) {
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

  Result<void> hand_on_partial(std::uint32_t uid) {
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

  Result<void> keep(std::uint32_t uid, imap::FetchData&& data) {
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

  const imap::SequenceSet& uids_;
  const FetchItems& items_;
  const ImapClient::OnMessage& on_message_;
  UidBitmap done_;
  std::unordered_map<std::uint32_t, imap::FetchData> partial_;
  std::size_t partial_octets_ = 0;
  std::deque<std::uint32_t> order_;  // of partial_, oldest first; some are gone
  std::optional<imap::FetchData> unnamed_;  // came without a UID so far
  std::optional<Named> last_;
};

}  // namespace

namespace {

// About so many octets tell of one message.
std::uint64_t octets_of(const FetchItems& items) {
  return 60 + (items.envelope ? 350U : 0U) +
         (items.body_structure ? 400U : 0U) + (items.preview ? 250U : 0U) +
         (items.save_date ? 40U : 0U) + 60 * items.header_fields.size();
}

}  // namespace

Result<imap::SequenceSet> ImapClient::fetch_once(
    const imap::SequenceSet& uids, const std::string& items,
    ImapHandler& handler, std::optional<Error>& refused) {
  const auto sets = imap::split_to_wire(uids, kSetOctets);
  std::vector<std::uint32_t> tickets;
  for (const auto& set : sets) {
    imap::CommandBuilder command("UID FETCH");
    auto built = command.text(set).text(items).build();
    if (!built) return std::move(built).error();
    auto ticket = dialogue_.send(*built, &handler, literal_mode());
    if (!ticket) return std::move(ticket).error();
    tickets.push_back(*ticket);
  }
  std::vector<imap::Range> left;
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    auto done = dialogue_.await(tickets[i]);
    if (!done) return std::move(done).error();
    const auto asked = *imap::parse_sequence_set(sets[i]);
    const auto last = stopped_at(*done);
    if (last && *last > 1 && *last <= asked.ranges().back().last) {
      const imap::SequenceSet below({{1, *last - 1}});
      const auto rest = asked.intersect(below);
      left.insert(left.end(), rest.ranges().begin(), rest.ranges().end());
      continue;
    }
    if (last == 1U) continue;
    const auto whole = imap_success(*done, "UID FETCH");
    if (!whole && !refused) refused = whole.error();
  }
  return imap::SequenceSet(std::move(left));
}

Result<imap::SequenceSet> ImapClient::fetch(const imap::SequenceSet& uids,
                                            const FetchItems& items,
                                            const OnMessage& on_message) {
  const auto most = selected_ ? selected_->exists : 0;
  auto ready = expect(octets_of(items) * std::min<std::uint64_t>(most, uids.count()));
  if (!ready) return std::move(ready).error();
  FetchHandler handler(uids, items, on_message);
  const auto words = fetch_items(items);
  std::optional<Error> refused;
  auto left = uids;
  while (!left.empty() && !refused) {
    auto rest = fetch_once(left, words, handler, refused);
    if (!rest) return rest;
    left = *std::move(rest);
  }
  auto seen = handler.finish();
  if (refused && seen) return *std::move(refused);
  return seen;
}

}  // namespace mailtool::client
