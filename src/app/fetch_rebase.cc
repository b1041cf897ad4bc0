#include "app/fetch_rebase.h"

#include <algorithm>
#include <string>

#include "app/fetch_headers.h"
#include "app/fetch_rebase_match.h"
#include "app/fetch_reset.h"

namespace mailtool::app {
namespace {

// Lines held in memory before they are written.
constexpr std::size_t kLinesAtOnce = 1000;

constexpr std::string_view kHint =
    "--rebase finds the known messages again; --all fetches all of them anew";

// A message that a journal knows, as often as it knows it.
struct Copy {
  std::uint32_t record = 0;  // of Journal::records()
  bool fetched = false;
};

// Numbers of messages, for the summary.
struct Found {
  explicit Found(std::size_t messages)
      : any(messages), not_ours(messages), arrived(messages) {}
  std::vector<bool> any;
  std::vector<bool> not_ours;  // in some journal: matched less than surely
  std::vector<bool> arrived;   // new to some journal
};

std::size_t count(const std::vector<bool>& flags) {
  return static_cast<std::size_t>(std::count(flags.begin(), flags.end(), true));
}

Error reset_error(const ResetSigns& signs) {
  return Error{ErrorKind::deferred,
               signs.in_words() +
                   ": the server seems to have given all"
                   " messages new unique ids",
               "UIDL"}
      .with_hint(kHint);
}

Result<bool> stop_at_reset(const RebaseWork& work) {
  if (work.options.all) return false;
  for (std::size_t i = 0; i < work.journals.size(); ++i) {
    const auto signs =
        signs_of_reset(work.maildrop, work.plan, *work.journals[i], i);
    if (!signs.suspicious()) continue;
    const auto reset =
        confirm_reset(signs, work.maildrop, *work.journals[i], work.client);
    if (!reset) return reset.error();
    if (!*reset) continue;
    auto error = reset_error(signs);
    if (!work.options.only_looks()) return error;
    work.report.say(error.what + " (" + error.hint + ")");
    return false;
  }
  return false;
}

// Entry n-1 is the digest of message n; 0 where it was not asked for.
Result<std::vector<std::uint64_t>> digests_of_arrived(
    const RebaseWork& work, const std::vector<ResetSigns>& all) {
  std::vector<bool> wanted(work.plan.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto records = work.journals[i]->records();
    const bool headers = std::any_of(
        all[i].missing.begin(), all[i].missing.end(),
        [&](auto index) { return records[index].header_digest() != 0; });
    if (!headers) continue;
    for (const auto number : all[i].arrived) wanted[number - 1] = true;
  }
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 1; number <= wanted.size(); ++number) {
    if (wanted[number - 1]) numbers.push_back(number);
  }
  std::vector<std::uint64_t> digests(work.plan.size());
  if (numbers.empty()) return digests;
  const auto asked = header_digests(work.client, numbers);
  if (!asked) return asked.error();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    digests[numbers[i] - 1] = (*asked)[i];
  }
  return digests;
}

// One journal, and what it knows under other unique-ids.
class JournalRebase {
 public:
  JournalRebase(const RebaseWork& work, std::size_t index,
                const ResetSigns& signs,
                const std::vector<std::uint64_t>& digests)
      : work_(work),
        index_(index),
        journal_(*work.journals[index]),
        signs_(signs),
        digests_(digests) {}

  void match();
  void tell(Found& found) const;
  /// Into the plan alone.
  void show() const;
  Result<void> write();

 private:
  // A header without a Message-ID may be that of many messages.
  [[nodiscard]] bool sure(const RebaseMatch& match) const {
    return match.by == RebaseMatch::By::header_and_size &&
           digests_[match.arrived - 1] % 2 == 1;
  }
  [[nodiscard]] bool ours(const RebaseMatch& match) const {
    return sure(match) && copies_[match.known].fetched;
  }
  void add_new(const RebaseMatch& match);
  /// Entry i is the unique-id in the journal of matches_[i].
  [[nodiscard]] Result<std::vector<std::string>> old_uids() const;

  const RebaseWork& work_;
  std::size_t index_;
  store::Journal& journal_;
  const ResetSigns& signs_;
  const std::vector<std::uint64_t>& digests_;
  std::vector<Copy> copies_;
  std::vector<RebaseMatch> matches_;  // known: of copies_; arrived: numbers
};

void JournalRebase::match() {
  std::vector<RebaseMessage> known;
  for (const auto index : signs_.missing) {
    const auto& record = journal_.records()[index];
    const auto total = record.fetched() + record.adopted();
    for (unsigned nth = 0; nth < total; ++nth) {
      known.push_back({record.header_digest(), record.size(),
                       static_cast<std::uint32_t>(copies_.size())});
      copies_.push_back({index, nth < record.fetched()});
    }
  }
  std::vector<RebaseMessage> arrived;
  for (const auto number : signs_.arrived) {
    arrived.push_back({digests_[number - 1],
                       work_.maildrop.octets(number).value_or(UINT64_MAX),
                       number});
  }
  matches_ = match_renamed(std::move(known), std::move(arrived));
  // A few equal sizes are chance.
  if (!signs_.alike()) {
    std::erase_if(matches_, [](const RebaseMatch& match) {
      return match.by == RebaseMatch::By::size;
    });
  }
  std::sort(matches_.begin(), matches_.end(),
            [](const auto& a, const auto& b) { return a.known < b.known; });
}

void JournalRebase::tell(Found& found) const {
  for (const auto number : signs_.arrived) found.arrived[number - 1] = true;
  for (const auto& match : matches_) {
    found.any[match.arrived - 1] = true;
    if (!sure(match)) found.not_ours[match.arrived - 1] = true;
  }
}

void JournalRebase::show() const {
  for (const auto& match : matches_) {
    auto& message = work_.plan[match.arrived - 1];
    const auto bit = static_cast<std::uint8_t>(1u << index_);
    message.had = static_cast<std::uint8_t>(message.had | bit);
    message.wanted = static_cast<std::uint8_t>(message.wanted & ~bit);
    if (message.wanted != 0) continue;
    message.known = true;
    message.action = FetchAction::keep;
    message.reason = PlanReason::known;
  }
}

void JournalRebase::add_new(const RebaseMatch& match) {
  const auto& record = journal_.records()[copies_[match.known].record];
  const auto name = journal_name(work_.maildrop, match.arrived);
  const auto digest = digests_[match.arrived - 1];
  ours(match) ? journal_.add_fetched(name, digest, record.first_sight())
              : journal_.add_adopted(name, digest, record.first_sight());
}

Result<std::vector<std::string>> JournalRebase::old_uids() const {
  const auto records = journal_.records();
  std::vector<std::string> uids(matches_.size());
  const auto record_of = [&](const RebaseMatch& match) {
    return copies_[match.known].record;
  };
  auto read = journal_.for_each(
      [&](std::string_view uid, const store::JournalRecord& record) {
        const auto index = static_cast<std::uint32_t>(&record - records.data());
        auto match = std::lower_bound(
            matches_.begin(), matches_.end(), index,
            [&](const RebaseMatch& m, auto i) { return record_of(m) < i; });
        for (; match != matches_.end() && record_of(*match) == index; ++match) {
          uids[static_cast<std::size_t>(match - matches_.begin())] = uid;
        }
        return Result<void>{};
      });
  if (!read) return std::move(read).error();
  return uids;
}

// All new names are durable before the first old one goes: whatever cuts it
// off, nothing known is forgotten, and listed names that have a twin which is
// not listed tell the next run so (fetch_reset.cc).
Result<void> JournalRebase::write() {
  if (matches_.empty()) return {};
  const auto uids = old_uids();
  if (!uids) return uids.error();
  const auto flush = [&](std::size_t i) {
    return (i + 1) % kLinesAtOnce == 0 ? journal_.append() : Result<void>{};
  };
  for (std::size_t i = 0; i < matches_.size(); ++i) {
    add_new(matches_[i]);
    if (auto noted = flush(i); !noted) return noted;
  }
  if (auto safe = journal_.commit(); !safe) return safe;
  for (std::size_t i = 0; i < matches_.size(); ++i) {
    const auto& record = journal_.records()[copies_[matches_[i].known].record];
    if (!(*uids)[i].empty()) journal_.add_gone({(*uids)[i], record.size()});
    if (auto noted = flush(i); !noted) return noted;
  }
  if (auto safe = journal_.commit(); !safe) return safe;
  return journal_.reload();
}

void say(const RebaseWork& work, const Found& found, bool expected_any) {
  const auto matched = count(found.any);
  if (matched == 0 && !expected_any) return;
  const auto fresh = count(found.arrived) - matched;
  work.report.rebased(matched);
  auto text = std::to_string(matched) +
              (matched == 1 ? " known message " : " known messages ") +
              (work.options.only_looks() ? "would be " : "") +
              "found under new unique ids";
  if (const auto unsure = count(found.not_ours); unsure > 0) {
    text += ", " + std::to_string(unsure) +
            " of them by size or header alone and never to be deleted";
  }
  if (fresh > 0) {
    text +=
        "; " + std::to_string(fresh) + (fresh == 1 ? " is" : " are") + " new";
  }
  work.report.say(text);
}

Result<bool> rebase(const RebaseWork& work) {
  std::vector<ResetSigns> all;
  bool any = false;
  bool expected = false;
  for (std::size_t i = 0; i < work.journals.size(); ++i) {
    all.push_back(
        signs_of_reset(work.maildrop, work.plan, *work.journals[i], i));
    any |= !all.back().missing.empty() && !all.back().arrived.empty();
    expected |= all.back().expected > 0;
  }
  if (!any) return false;
  const auto digests = digests_of_arrived(work, all);
  if (!digests) return digests.error();
  Found found(work.plan.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    JournalRebase one(work, i, all[i], *digests);
    one.match();
    one.tell(found);
    if (work.options.only_looks()) {
      one.show();
    } else if (auto written = one.write(); !written) {
      return std::move(written).error();
    }
  }
  say(work, found, expected);
  return !work.options.only_looks();
}

}  // namespace

Result<bool> settle_unique_ids(const RebaseWork& work) {
  // --list alone looks at journals of any destinations; --adopt fetches
  // nothing.
  if (work.options.destinations.empty() || work.options.adopt) return false;
  return work.options.rebase ? rebase(work) : stop_at_reset(work);
}

}  // namespace mailtool::app
