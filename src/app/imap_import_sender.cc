#include "app/imap_import_sender.h"

#include <utility>

#include "app/imap_append_error.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

// Of messages of the same size, so many are looked at.
constexpr std::uint64_t kCandidates = 20'000;

// Ended by a signal, so long is waited for the outcome of what was sent: what is
// known of it need not be looked for by the next run.
constexpr unsigned kAwaited = 5;  // seconds

Error stopped() { return {ErrorKind::interrupted, "stopped by a signal"}; }

imap::SearchKey of_number(const char* name, std::uint64_t number) {
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::number;
  key.name = name;
  key.number = number;
  return key;
}

std::optional<client::AppendUid> at(const std::optional<client::AppendUid>& all,
                                    std::uint64_t place) {
  if (!all) return std::nullopt;
  for (const auto& range : all->uids.ranges()) {
    const std::uint64_t length = std::uint64_t{range.last} - range.first + 1;
    if (place < length) {
      const auto uid = static_cast<std::uint32_t>(range.first + place);
      return client::AppendUid{all->uidvalidity,
                               imap::SequenceSet({{uid, uid}})};
    }
    place -= length;
  }
  return std::nullopt;
}

}  // namespace

ImportSender::Fate ImportSender::fate(const std::string& digest,
                                      std::uint64_t octets) const {
  const store::Journal::Message message{digest, octets};
  if (journal_.fetched(message) > 0) return Fate::imported;
  return journal_.failures(message) > 0 ? Fate::doubtful : Fate::unknown;
}

// The newest first; each message of the folder is read once, however many of
// its size are looked for.
Result<bool> ImportSender::look_for(const std::string& digest,
                                    std::uint64_t octets) {
  auto& same = same_size_[octets];
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::both;
  if (octets > 1) key.children.push_back(of_number("LARGER", octets - 1));
  key.children.push_back(of_number("SMALLER", octets + 1));
  if (same.digests.count(digest) == 0) {
    auto found = client_.search(key);
    if (!found) return std::move(found).error();
    const auto count = found->uids.count();
    if (count > kCandidates) {
      return Error{ErrorKind::deferred,
                   "whether a message of " + std::to_string(octets) +
                       " octets was imported before cannot be told: " +
                       std::to_string(count) + " of that size are there"};
    }
    auto read = read_until(same, found->uids, digest);
    if (!read) return std::move(read).error();
  }
  if (same.digests.count(digest) == 0) return false;
  journal_.add_fetched({digest, octets});
  return true;
}

Result<void> ImportSender::read_until(SameSize& same,
                                      const imap::SequenceSet& uids,
                                      const std::string& digest) {
  const auto& ranges = uids.ranges();
  for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
    for (std::uint64_t left = std::uint64_t{range->last} - range->first + 1;
         left > 0; --left) {
      const auto uid = static_cast<std::uint32_t>(range->first + left - 1);
      if (!same.read.insert(uid).second) continue;
      WireDigest there;
      auto got = client_.fetch_body(uid, {}, there);
      // It may have gone since.
      if (!got && got.error().kind == ErrorKind::no_such_item) continue;
      if (!got) return std::move(got).error();
      auto value = there.finish();
      const bool ours = value == digest;
      same.digests.insert(std::move(value));
      if (ours) return {};
    }
  }
  return {};
}

Result<void> ImportSender::send(const AppendBatch& batch,
                                const std::vector<std::string>& digests,
                                const OnOutcome& outcome) {
  if (digests.empty()) return {};
  const SignalDelay delay(kAwaited);
  if (caught_signal() != 0) return stopped();
  auto sent = send_noted(batch, digests, outcome);
  if (sent && caught_signal() != 0) return stopped();
  return sent;
}

Result<void> ImportSender::send_noted(const AppendBatch& batch,
                                      const std::vector<std::string>& digests,
                                      const OnOutcome& outcome) {
  const auto& items = batch.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    journal_.add_failure({digests[i], items[i].octets});
  }
  if (auto safe = journal_.commit(); !safe) return safe;
  if (multi_ && items.size() > 1) {
    auto sent = send_together(batch, digests, outcome);
    if (!sent) return std::move(sent).error();
    if (*sent) return {};
    // One of them was refused, and so all: each is told its own fate.
  }
  return send_each(batch, digests, outcome);
}

Result<bool> ImportSender::send_together(
    const AppendBatch& batch, const std::vector<std::string>& digests,
    const OnOutcome& outcome) {
  const auto& items = batch.items();
  std::vector<client::MessageToAppend> messages;
  for (const auto& item : items) messages.push_back(batch.message(item));
  auto ticket = client_.begin_append(to_, messages);
  if (!ticket) return std::move(ticket).error();
  auto done = client_.finish_append(*ticket, messages.size());
  if (!done) {
    if (ends_run(done.error())) return std::move(done).error();
    return false;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    journal_.add_fetched({digests[i], items[i].octets});
  }
  if (auto safe = journal_.commit(); !safe) return std::move(safe).error();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (auto told = outcome({&items[i], at(*done, i), {}}); !told) {
      return std::move(told).error();
    }
  }
  return true;
}

Result<void> ImportSender::send_each(const AppendBatch& batch,
                                     const std::vector<std::string>& digests,
                                     const OnOutcome& outcome) {
  const auto& items = batch.items();
  std::vector<std::uint32_t> tickets;
  std::optional<Error> ended;
  for (const auto& item : items) {
    if (caught_signal() != 0) {
      ended = stopped();
      break;
    }
    const auto message = batch.message(item);
    auto ticket = client_.begin_append(to_, {&message, 1});
    if (!ticket) {
      ended = std::move(ticket).error();
      break;
    }
    tickets.push_back(*ticket);
  }
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    auto done = client_.finish_append(tickets[i], 1);
    if (done) {
      journal_.add_fetched({digests[i], items[i].octets});
      outcomes.push_back({&items[i], *std::move(done), {}});
    } else if (ends_run(done.error())) {
      if (!ended) ended = std::move(done).error();
    } else {
      outcomes.push_back({&items[i], {}, std::move(done).error()});
    }
  }
  if (auto safe = journal_.commit(); !safe) return safe;
  for (const auto& each : outcomes) {
    if (auto told = outcome(each); !told) return told;
  }
  if (ended) return *std::move(ended);
  return {};
}

}  // namespace mailtool::app
