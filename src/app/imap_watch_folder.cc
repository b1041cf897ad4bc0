#include "app/imap_watch_folder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "app/imap_folder_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstRetry{60'000};
constexpr milliseconds kLongestRetry{3'600'000};
// Messages whose rows are held at a time.
constexpr std::uint64_t kBatch = 100;
// New messages that a search may name before EXISTS has counted them.
constexpr std::uint64_t kMostUncounted = 1000;
// Events heard within one command; beyond, the folder is looked at anew.
constexpr std::size_t kMostHeard = 50'000;

imap::SearchKey all_messages() { return imap::SearchKey{}; }

imap::SearchKey from_uid(std::uint64_t first) {
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::uid;
  key.set = imap::SequenceSet(
      {imap::Range{static_cast<std::uint32_t>(first), imap::kStar}});
  return key;
}

// Of "9:*" a server tells the newest message, too, when it is below 9.
imap::SequenceSet at_or_above(const imap::SequenceSet& uids,
                              std::uint64_t first) {
  if (first > UINT32_MAX) return {};
  return uids.intersect(imap::SequenceSet(
      {imap::Range{static_cast<std::uint32_t>(first), imap::kStar}}));
}

// A set, a piece after the other.
class Batches {
 public:
  explicit Batches(const imap::SequenceSet& uids) : ranges_(uids.ranges()) {
    if (!ranges_.empty()) uid_ = ranges_.front().first;
  }
  [[nodiscard]] bool done() const { return at_ == ranges_.size(); }
  imap::SequenceSet next() {
    imap::SequenceSet batch;
    for (std::uint64_t count = 0; count < kBatch && !done(); ++count) {
      batch.add(static_cast<std::uint32_t>(uid_));
      if (uid_++ < ranges_[at_].last) continue;
      if (++at_ < ranges_.size()) uid_ = ranges_[at_].first;
    }
    return batch;
  }

 private:
  const std::vector<imap::Range>& ranges_;
  std::size_t at_ = 0;
  std::uint64_t uid_ = 0;
};

std::uint64_t behind(const imap::SequenceSet& uids) {
  return uids.empty() ? 1 : std::uint64_t{uids.ranges().back().last} + 1;
}

}  // namespace

WatchedFolder::WatchedFolder(imap::MailboxName mailbox, WatchState state,
                             WatchProgram* program, WatchReport& report)
    : mailbox_(std::move(mailbox)),
      state_(std::move(state)),
      program_(program),
      report_(report),
      retry_wait_(kFirstRetry) {
  if (state_.marks && !state_.marks->failed.empty()) retry_due_.emplace();
}

WatchedName WatchedFolder::name() const {
  return {typed_name(mailbox_.utf8),
          state_.marks ? state_.marks->uidvalidity : 0};
}

// --- opening it --------------------------------------------------------------

Result<void> WatchedFolder::enter(client::ImapClient& client) {
  auto found = client.select_and_search(mailbox_, true, all_messages());
  if (!found) return std::move(found).error();
  const auto& mailbox = found->mailbox;
  const auto& all = found->search.uids;
  exists_ = client.selected() ? client.selected()->exists : mailbox.exists;
  unsure_ = false;
  grown_ = exists_ > all.count();  // more came meanwhile
  heard_.clear();
  const auto validity = mailbox.uidvalidity.value_or(0);
  const bool same = state_.marks && state_.marks->uidvalidity == validity;
  if (!same) {
    if (state_.marks) {
      report_.warn(printable(mailbox_.utf8, 200) + ": UIDVALIDITY is " +
                   std::to_string(validity) + ", was " +
                   std::to_string(state_.marks->uidvalidity) +
                   ": beginning with what comes from now on");
    }
    return begin(mailbox, all);
  }
  const auto before = known_.all();
  const bool knew = std::exchange(seen_, true);
  counted_ = known_.assign(all);
  if (knew) {
    if (auto told = tell_gone(before.minus(all)); !told) return told;
  }
  const auto modseq = mailbox.highest_modseq;
  if (auto told = tell_changed(client, all, modseq); !told) return told;
  return catch_up(client, mailbox, all);
}

Result<void> WatchedFolder::begin(const client::SelectedMailbox& mailbox,
                                  const imap::SequenceSet& all) {
  WatchMarks marks;
  marks.uidvalidity = mailbox.uidvalidity.value_or(0);
  marks.uidnext =
      std::max<std::uint64_t>(behind(all), mailbox.uidnext.value_or(1));
  marks.modseq = mailbox.highest_modseq;
  state_.marks = std::move(marks);
  retry_due_.reset();
  seen_ = true;
  counted_ = known_.assign(all);
  return save();
}

Result<void> WatchedFolder::catch_up(client::ImapClient& client,
                                     const client::SelectedMailbox& mailbox,
                                     const imap::SequenceSet& all) {
  // Messages that have gone need no program any more.
  const auto before = marks().failed.size();
  std::erase_if(marks().failed,
                [&](const auto& one) { return !all.contains(one.first); });
  if (marks().failed.size() != before) {
    if (auto saved = save(); !saved) return saved;
  }
  auto told = tell_new(client, at_or_above(all, marks().uidnext));
  if (!told || report_.done()) return told;
  // Messages below that have come and gone.
  const std::uint64_t next = mailbox.uidnext.value_or(0);
  if (next <= marks().uidnext) return {};
  marks().uidnext = next;
  return save();
}

// --- hearing -----------------------------------------------------------------

void WatchedFolder::hear(const imap::Response& data) {
  if (const auto* exists = std::get_if<imap::ExistsData>(&data)) {
    exists_ = exists->count;
    if (exists_ > known_.size()) grown_ = true;
    if (exists_ < known_.size()) unsure_ = true;
  } else if (const auto* gone = std::get_if<imap::ExpungeData>(&data)) {
    if (gone->sequence == 0 || gone->sequence > exists_) return;
    --exists_;
    const auto uid = known_.take(gone->sequence);
    if (!uid && counted_) return;  // it came and went untold
    heard_.push_back({WatchEventKind::expunged, uid, {}, {}});
  } else if (const auto* fetch = std::get_if<imap::FetchData>(&data)) {
    if (!fetch->flags) return;
    const auto known = known_.at(fetch->sequence);
    if (counted_ && !known) return;  // new: told as such
    if (fetch->modseq) {
      heard_modseq_ = std::max(heard_modseq_.value_or(0), *fetch->modseq);
    }
    heard_.push_back({WatchEventKind::flags,
                      fetch->uid ? fetch->uid : known,
                      *fetch->flags,
                      {}});
  } else if (std::holds_alternative<imap::VanishedData>(data)) {
    unsure_ = true;
  }
  if (heard_.size() > kMostHeard) {
    heard_.clear();
    unsure_ = true;
  }
}

Result<void> WatchedFolder::tell_heard() {
  for (const auto& event : std::exchange(heard_, {})) {
    if (auto told = report_.tell(name(), event); !told) return told;
  }
  const auto modseq = std::exchange(heard_modseq_, std::nullopt);
  if (!modseq || !marks().modseq || *modseq <= *marks().modseq) return {};
  marks().modseq = *modseq;
  return save();
}

Result<void> WatchedFolder::settle(client::ImapClient& client) {
  if (auto told = tell_heard(); !told) return told;
  if (std::exchange(unsure_, false)) {
    grown_ = false;
    return look_again(client);
  }
  if (std::exchange(grown_, false)) return look_for_new(client);
  return {};
}

Result<void> WatchedFolder::look_again(client::ImapClient& client) {
  auto found = client.search(all_messages());
  if (!found) return std::move(found).error();
  const auto before = known_.all();
  const bool knew = counted_;
  counted_ = known_.assign(found->uids);
  if (knew) {
    if (auto told = tell_gone(before.minus(found->uids)); !told) return told;
  }
  return tell_new(client, at_or_above(found->uids, marks().uidnext));
}

Result<void> WatchedFolder::look_for_new(client::ImapClient& client) {
  if (marks().uidnext > UINT32_MAX) return {};
  auto found = client.search(from_uid(marks().uidnext));
  if (!found) return std::move(found).error();
  const auto fresh = at_or_above(found->uids, marks().uidnext);
  if (counted_) counted_ = known_.append(fresh);
  // One that was expunged meanwhile was counted and is not known, or the other
  // way round.
  if (counted_ && !fresh.empty() && known_.size() != exists_) unsure_ = true;
  return tell_new(client, fresh);
}

bool WatchedFolder::differs(const imap::StatusData& status) const {
  if (!state_.marks) return true;
  return (status.uidnext && *status.uidnext != state_.marks->uidnext) ||
         (status.messages && *status.messages != known_.size()) ||
         (status.uidvalidity &&
          *status.uidvalidity != state_.marks->uidvalidity);
}

// --- telling -----------------------------------------------------------------

Result<void> WatchedFolder::tell_gone(const imap::SequenceSet& gone) {
  for (const auto& range : gone.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      if (report_.done()) return {};
      const WatchEvent event{WatchEventKind::expunged,
                             static_cast<std::uint32_t>(uid),
                             {},
                             {}};
      if (auto told = report_.tell(name(), event); !told) return told;
    }
  }
  return {};
}

Result<void> WatchedFolder::tell_changed(client::ImapClient& client,
                                         const imap::SequenceSet& all,
                                         std::optional<std::uint64_t> modseq) {
  const auto since = marks().modseq;
  if (!modseq || since == modseq) return {};
  auto offered = client.offers("CONDSTORE");
  if (!offered) return std::move(offered).error();
  const auto known = all.minus(at_or_above(all, marks().uidnext));
  if (since && *offered && !known.empty()) {
    const auto changed = imap::SequenceSet(
        {imap::Range{1, static_cast<std::uint32_t>(
                            std::min<std::uint64_t>(behind(known) - 1,
                                                    UINT32_MAX))}});
    auto told = client.fetch_changed(
        changed, *since, [&](imap::FetchData& message) {
          return report_.tell(
              name(), {WatchEventKind::flags, message.uid, *message.flags, {}});
        });
    if (!told) return told;
  }
  marks().modseq = modseq;
  return save();
}

// Each message by itself is told, dealt with, and written down.
Result<void> WatchedFolder::tell_new(client::ImapClient& client,
                                     const imap::SequenceSet& uids) {
  client::FetchItems items;
  items.envelope = true;
  // What is told as new need not be told as changed, too.
  auto condstore = client.offers("CONDSTORE");
  if (!condstore) return std::move(condstore).error();
  items.modseq = *condstore && marks().modseq;
  if (uids.count() > exists_ + kMostUncounted) {
    return Error{ErrorKind::protocol,
                 "the server names more messages than there are",
                 printable(mailbox_.utf8, 200)};
  }
  for (Batches batches(uids); !batches.done() && !report_.done();) {
    const auto batch = batches.next();
    std::map<std::uint32_t, imap::FetchData> rows;
    auto got = client.fetch(batch, items, [&](imap::FetchData& message) {
      if (message.uid && batch.contains(*message.uid)) {
        rows.insert_or_assign(*message.uid, std::move(message));
      }
      return Result<void>();
    });
    if (!got) return std::move(got).error();
    for (auto& [uid, message] : rows) {
      if (report_.done()) return {};
      if (marks().modseq && message.modseq) {
        marks().modseq = std::max(*marks().modseq, *message.modseq);
      }
      if (auto told = tell_one(uid, message); !told) return told;
    }
    if (report_.done()) return {};
    // What the server sent nothing for has gone again.
    marks().uidnext = std::max(marks().uidnext, behind(batch));
    if (auto saved = save(); !saved) return saved;
  }
  return {};
}

Result<void> WatchedFolder::tell_one(std::uint32_t uid,
                                     imap::FetchData& message) {
  WatchEvent event{WatchEventKind::fresh, uid,
                   message.flags.value_or(std::vector<std::string>{}),
                   std::move(message.envelope)};
  if (auto told = report_.tell(name(), event); !told) return told;
  if (program_ == nullptr) {
    marks().uidnext = std::uint64_t{uid} + 1;
    // Where many come at once, the state is written once for some of them.
    return report_.done() ? save() : Result<void>();
  }
  return run_program(uid, 0);
}

// --- the program ---------------------------------------------------------------

Result<void> WatchedFolder::run_program(std::uint32_t uid,
                                        std::uint32_t failures) {
  const auto outcome = program_->run(name(), uid);
  if (!outcome) return outcome.error();
  auto& failed = marks().failed;
  if (*outcome == WatchProgram::Outcome::failed) ++failures;
  const bool given_up = failures >= WatchProgram::kMostTries;
  if (*outcome == WatchProgram::Outcome::done || given_up) {
    failed.erase(uid);
  } else if (failed.contains(uid) || failed.size() < kMostFailed) {
    failed[uid] = failures;
  } else {
    return Error{ErrorKind::deferred,
                 "the program failed for " + std::to_string(kMostFailed) +
                     " messages: no other is begun",
                 printable(mailbox_.utf8, 200)};
  }
  if (given_up) {
    report_.warn("UID " + std::to_string(uid) + " of " +
                 printable(mailbox_.utf8, 200) + ": given up after " +
                 std::to_string(failures) + " runs of the program");
  }
  if (!failed.empty() && !retry_due_) {
    retry_wait_ = kFirstRetry;
    retry_due_ = Clock::now() + retry_wait_;
  }
  if (failed.empty()) retry_due_.reset();
  marks().uidnext = std::max(marks().uidnext, std::uint64_t{uid} + 1);
  return save();
}

std::optional<WatchedFolder::Clock::time_point> WatchedFolder::retry_due()
    const {
  return program_ != nullptr ? retry_due_ : std::nullopt;
}

Result<void> WatchedFolder::retry(Clock::time_point now) {
  if (!retry_due() || *retry_due_ > now || !state_.marks) return {};
  retry_wait_ = std::min(2 * retry_wait_, kLongestRetry);
  retry_due_ = now + retry_wait_;
  const auto waiting = marks().failed;
  for (const auto& [uid, failures] : waiting) {
    if (auto ran = run_program(uid, failures); !ran) return ran;
  }
  return {};
}

bool WatchedFolder::anything_failed() const {
  return state_.marks && !state_.marks->failed.empty();
}

}  // namespace mailtool::app
