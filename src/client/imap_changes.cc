// What changes messages: UID MOVE, UID COPY, UID STORE, UID EXPUNGE (RFC 9051
// sections 6.4.6 to 6.4.9, RFC 6851, RFC 4315).

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kSetOctets = 8000;

imap::SequenceSet joined(const imap::SequenceSet& a,
                         const imap::SequenceSet& b) {
  auto ranges = a.ranges();
  ranges.insert(ranges.end(), b.ranges().begin(), b.ranges().end());
  return imap::SequenceSet(std::move(ranges));
}

std::optional<imap::CopyUid> joined(const std::vector<imap::CopyUid>& parts) {
  if (parts.empty()) return std::nullopt;
  auto whole = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    whole.source = joined(whole.source, parts[i].source);
    whole.target = joined(whole.target, parts[i].target);
  }
  return whole;
}

// How many commands take the set.
std::size_t sets_in(const imap::SequenceSet& uids) {
  return imap::split_to_wire(uids, kSetOctets).size();
}

// A MOVE brings an EXPUNGE for each message, and a STORE that is not silent a
// FETCH: so many, and no more, are part of the answer.
class ChangeHandler : public ImapHandler {
 public:
  /// Counts in `expunged` the messages that went.
  ChangeHandler(ImapObserver& observer, std::uint64_t messages,
                std::uint64_t& expunged)
      : observer_(observer), left_(messages), expunged_(expunged) {}

  Result<bool> on_data(imap::Response& data) override {
    const bool expected = std::holds_alternative<imap::ExpungeData>(data) ||
                          std::holds_alternative<imap::FetchData>(data);
    if (!expected || left_ == 0) return false;
    --left_;
    if (std::holds_alternative<imap::ExpungeData>(data)) ++expunged_;
    observer_.on_unsolicited(data);
    return true;
  }

 private:
  ImapObserver& observer_;
  std::uint64_t left_;
  std::uint64_t& expunged_;
};

// "OK No messages found": of the messages named there was none.
bool says_nothing_done(const imap::StatusResponse& done) {
  return lower(done.text).find("no messages") != std::string::npos;
}

// A connection lost in mid-command leaves open whether it was obeyed.
Error outcome_unknown(Error error) {
  if (error.kind == ErrorKind::disconnected ||
      error.kind == ErrorKind::timed_out) {
    error.what += "; the outcome is unknown";
  }
  return error;
}

}  // namespace

Result<void> ImapClient::change(std::string_view verb,
                                const imap::SequenceSet& uids,
                                const AddWords& rest) {
  changed_ = Changed{};
  ChangeHandler handler(*this, uids.count(), changed_.expunged);
  for (const auto& set : imap::split_to_wire(uids, kSetOctets)) {
    imap::CommandBuilder command(verb);
    command.text(set);
    rest(command);
    auto done = run_ok(command, &handler);
    if (!done) return outcome_unknown(std::move(done).error());
    if (!says_nothing_done(*done)) changed_.nothing = false;
  }
  return {};
}

Result<void> ImapClient::store(const imap::SequenceSet& uids, bool add,
                               const std::vector<std::string>& flags) {
  return change("UID STORE", uids, [&](imap::CommandBuilder& command) {
    command.text(add ? "+FLAGS.SILENT" : "-FLAGS.SILENT").flags(flags);
  });
}

Result<MoveOutcome> ImapClient::copy(const imap::SequenceSet& uids,
                                     const imap::MailboxName& to) {
  copied_.clear();
  auto done = change("UID COPY", uids, [&](imap::CommandBuilder& command) {
    command.mailbox(to);
  });
  if (!done) return std::move(done).error();
  MoveOutcome outcome{MoveOutcome::Method::copy, joined(copied_), {}};
  if (changed_.nothing) outcome.messages = 0;
  return outcome;
}

Result<MoveOutcome> ImapClient::move(const imap::SequenceSet& uids,
                                     const imap::MailboxName& to,
                                     bool allow_marked) {
  using enum MoveOutcome::Method;
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  const auto has = [&](std::string_view name) {
    return (*offered)->has(name) || (*offered)->has("IMAP4REV2");
  };
  if (has("MOVE")) {
    copied_.clear();
    auto done = change("UID MOVE", uids, [&](imap::CommandBuilder& command) {
      command.mailbox(to);
    });
    if (!done) return std::move(done).error();
    MoveOutcome outcome{MoveOutcome::Method::move, joined(copied_), {}};
    // RFC 6851 has an EXPUNGE for each, RFC 4315 a COPYUID for any.
    const bool told = changed_.expunged > 0 || (*offered)->has("UIDPLUS");
    if (told && !outcome.copied) outcome.messages = changed_.expunged;
    if (changed_.nothing) outcome.messages = 0;
    return outcome;
  }
  const bool can_expunge = has("UIDPLUS");
  if (!can_expunge && !allow_marked) {
    return Error{ErrorKind::unsupported,
                 "the server has neither MOVE nor UIDPLUS",
                 "UID MOVE",
                 {},
                 "--allow-marked copies, marks the originals \\Deleted and "
                 "leaves them"};
  }
  auto copied = this->copy(uids, to);
  if (!copied) return copied;
  // Never more than the server says it has copied.
  const bool told = copied->copied && copied_.size() == sets_in(uids);
  const auto originals = told ? uids.intersect(copied->copied->source) : uids;
  if (originals.empty() || copied->messages == 0U) {
    copied->method = can_expunge ? copy_expunge : copy_marked;
    return copied;
  }
  copied->method = copy_marked;
  if (auto marked = store(originals, true, {"\\Deleted"}); !marked) {
    return std::move(marked).error().with_hint(
        "the messages were copied and are still in the old folder too");
  }
  if (!can_expunge) return copied;
  auto gone = change("UID EXPUNGE", originals, [](imap::CommandBuilder&) {});
  if (!gone) {
    return std::move(gone).error().with_hint(
        "the messages were copied; the originals are marked \\Deleted");
  }
  copied->method = copy_expunge;
  return copied;
}

}  // namespace mailtool::client
