// UID FETCH: RFC 9051 section 6.4.5.

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// Longest sequence set on one line: RFC 7162 section 4 asks servers for 8192
// octets in all.
constexpr std::size_t kSetOctets = 8000;

std::string fetch_items(const FetchItems& items) {
  std::string words = "(UID";
  if (items.flags) words += " FLAGS";
  if (items.size) words += " RFC822.SIZE";
  if (items.internal_date) words += " INTERNALDATE";
  if (items.envelope) words += " ENVELOPE";
  if (items.body_structure) words += " BODYSTRUCTURE";
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
        unnamed_ = std::move(*fetch);
      } else {
        unnamed_->merge(std::move(*fetch));
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
    std::vector<imap::Range> seen;
    seen.reserve(done_.size() + partial_.size());
    for (const auto uid : done_) seen.push_back({uid, uid});
    std::vector<imap::Range> partial;
    for (const auto& [uid, data] : partial_) partial.push_back({uid, uid});
    const imap::SequenceSet left(std::move(partial));
    for (const auto& range : left.ranges()) {
      for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
        auto& data = partial_.at(static_cast<std::uint32_t>(uid));
        if (!complete(data)) {
          data.warnings.emplace_back("the server did not send all of it");
        }
        if (auto shown = on_message_(data); !shown) return shown.error();
      }
      seen.push_back(range);
    }
    return imap::SequenceSet(std::move(seen));
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
    partial_.emplace(uid, *std::exchange(unnamed_, std::nullopt));
  }

  Result<bool> take(std::uint32_t uid, imap::FetchData&& fetch) {
    if (unnamed_ && unnamed_->sequence == fetch.sequence) {
      auto whole = std::exchange(unnamed_, std::nullopt);
      whole->merge(std::move(fetch));
      fetch = *std::move(whole);
    }
    const auto at = partial_.find(uid);
    if (at == partial_.end() && !complete(fetch)) {
      partial_.emplace(uid, std::move(fetch));
      return true;
    }
    if (at != partial_.end()) {
      at->second.merge(std::move(fetch));
      // Counted as unsolicited, lest a server adds to one message for ever.
      if (!complete(at->second)) return false;
      fetch = std::move(at->second);
      partial_.erase(at);
    }
    done_.insert(uid);
    if (auto shown = on_message_(fetch); !shown) return shown.error();
    return true;
  }

  const imap::SequenceSet& uids_;
  const FetchItems& items_;
  const ImapClient::OnMessage& on_message_;
  std::unordered_set<std::uint32_t> done_;
  std::unordered_map<std::uint32_t, imap::FetchData> partial_;
  std::optional<imap::FetchData> unnamed_;  // came without a UID so far
  std::optional<Named> last_;
};

class Discard : public Sink {
 public:
  Result<void> write(std::string_view) override { return {}; }
};

class Counted : public Sink {
 public:
  explicit Counted(Sink& to) : to_(to) {}
  Result<void> write(std::string_view octets) override {
    count += octets.size();
    return to_.write(octets);
  }
  std::uint64_t count = 0;

 private:
  Sink& to_;
};

// Streams one section of one message.
class BodyHandler : public ImapHandler {
 public:
  BodyHandler(std::uint32_t uid, std::string section, Sink& sink)
      : uid_(uid), section_(std::move(section)), sink_(sink) {}

  Sink* on_literal(const imap::FramedResponse& before) override {
    const auto data = imap::parse_response(before);
    const auto* fetch = std::get_if<imap::FetchData>(&data);
    if (fetch == nullptr || fetch->sections.empty()) return nullptr;
    if (!is_ours(fetch->sections.back())) return nullptr;
    const bool other = fetch->uid && *fetch->uid != uid_;
    if (other || streamed_) return &discard_;
    streamed_ = true;
    return &sink_;
  }

  Result<bool> on_data(imap::Response& data) override {
    auto* fetch = std::get_if<imap::FetchData>(&data);
    if (fetch == nullptr) return false;
    for (const auto& part : fetch->sections) {
      if (!is_ours(part)) continue;
      if (fetch->uid && *fetch->uid != uid_) {
        // Streamed before the UID was known: what the sink has is wrong.
        if (streamed_ && !complete_) return wrong("another message");
        return false;
      }
      if (complete_) return false;
      if (!part.streamed && !part.octets) return wrong("NIL");
      if (!part.streamed) {
        if (auto wrote = sink_.write(*part.octets); !wrote) {
          return wrote.error();
        }
      }
      complete_ = true;
      return true;
    }
    return false;
  }

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::uint64_t octets() const { return sink_.count; }

 private:
  [[nodiscard]] bool is_ours(const imap::FetchedSection& part) const {
    return iequals(part.section, section_);
  }
  [[nodiscard]] Error wrong(const char* what) const {
    return Error{ErrorKind::protocol, std::string("the server sent ") + what +
                                          " for UID " + std::to_string(uid_)};
  }

  std::uint32_t uid_;
  std::string section_;
  Counted sink_;
  Discard discard_;
  bool streamed_ = false;
  bool complete_ = false;
};

}  // namespace

Result<imap::SequenceSet> ImapClient::fetch(const imap::SequenceSet& uids,
                                            const FetchItems& items,
                                            const OnMessage& on_message) {
  FetchHandler handler(uids, items, on_message);
  std::vector<std::uint32_t> tickets;
  for (const auto& set : imap::split_to_wire(uids, kSetOctets)) {
    imap::CommandBuilder command("UID FETCH");
    auto built = command.text(set).text(fetch_items(items)).build();
    if (!built) return std::move(built).error();
    auto ticket = dialogue_.send(*built, &handler, literal_mode());
    if (!ticket) return std::move(ticket).error();
    tickets.push_back(*ticket);
  }
  std::optional<Error> refused;
  for (const auto ticket : tickets) {
    auto done = dialogue_.await(ticket);
    if (!done) return std::move(done).error();
    const auto whole = imap_success(*done, "UID FETCH");
    if (!whole && !refused) refused = whole.error();
  }
  auto seen = handler.finish();
  if (refused && seen) return *std::move(refused);
  return seen;
}

Result<std::uint64_t> ImapClient::fetch_body(std::uint32_t uid,
                                             const BodyQuestion& question,
                                             Sink& sink) {
  const auto step = "UID FETCH " + std::to_string(uid);
  std::string item = question.mark_seen ? "BODY[" : "BODY.PEEK[";
  item += question.section + "]";
  if (question.offset) {
    item += "<" + std::to_string(*question.offset) + "." +
            std::to_string(question.length) + ">";
  }
  imap::CommandBuilder command("UID FETCH");
  command.text(std::to_string(uid)).text("(UID " + item + ")");
  BodyHandler handler(uid, question.section, sink);
  if (auto done = run_ok(command, &handler); !done) {
    return std::move(done).error().at(step);
  }
  if (!handler.complete()) {
    return Error{ErrorKind::no_such_item,
                 "the server sent nothing for UID " + std::to_string(uid)};
  }
  return handler.octets();
}

}  // namespace mailtool::client
