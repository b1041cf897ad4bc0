#include "app/fetch_plan.h"

#include <algorithm>
#include <numeric>

#include "app/fetch_blame.h"
#include "app/fetch_match.h"
#include "app/fetch_retention.h"

namespace mailtool::app {
namespace {

using Journals = std::vector<std::unique_ptr<store::Journal>>;
using Kind = JournalMatch::Kind;

// Numbers of messages with a unique-id, equal names together and in order.
std::vector<std::uint32_t> grouped(const pop3::Maildrop& maildrop) {
  std::vector<std::uint32_t> numbers(maildrop.size());
  std::iota(numbers.begin(), numbers.end(), 1);
  std::erase_if(numbers, [&](auto n) { return maildrop.uid(n).empty(); });
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const int order = maildrop.uid(a).compare(maildrop.uid(b));
    if (order != 0) return order < 0;
    const auto size_a = journal_name(maildrop, a).size;
    const auto size_b = journal_name(maildrop, b).size;
    return size_a != size_b ? size_a < size_b : a < b;
  };
  // Many servers list them so: their ids count upwards.
  if (!std::is_sorted(numbers.begin(), numbers.end(), before)) {
    std::sort(numbers.begin(), numbers.end(), before);
  }
  return numbers;
}

bool aside(const store::JournalRecord& record, unsigned today) {
  return record.failures() >= kFailuresToSetAside && !record.absent() &&
         today < record.day() + kDaysAside &&
         record.day() <= today + 1;  // else the clock was wrong then
}

class Planner {
 public:
  Planner(const FetchOptions& options, const pop3::Maildrop& maildrop,
          const Journals& journals, std::int64_t now,
          const HeaderDigests& headers)
      : options_(options),
        maildrop_(maildrop),
        journals_(journals),
        now_(now),
        headers_(headers),
        everyone_(static_cast<std::uint8_t>(
            (1u << options.destinations.size()) - 1)) {}

  FetchPlan make();

 private:
  void look_up(std::span<const std::uint32_t> numbers);
  void remember(std::uint32_t number, std::size_t journal,
                const JournalMatch& match);
  void learn(std::uint32_t number, std::size_t journal,
             const JournalMatch& match);
  void remember_failures(std::uint32_t number, std::size_t journal);
  void settle(std::uint32_t number, std::uint32_t later);
  void decide(std::uint32_t number, std::uint64_t& room);

  PlannedMessage& at(std::uint32_t number) {
    return plan_.messages[number - 1];
  }

  const FetchOptions& options_;
  const pop3::Maildrop& maildrop_;
  const Journals& journals_;
  const std::int64_t now_;
  const HeaderDigests& headers_;
  const std::uint8_t everyone_;
  FetchPlan plan_;
  std::vector<JournalMatch> matches_;
};

void Planner::look_up(std::span<const std::uint32_t> numbers) {
  for (const auto number : numbers) at(number).ambiguous = numbers.size() > 1;
  const auto uid = maildrop_.uid(numbers[0]);
  for (std::size_t i = 0; i < journals_.size(); ++i) {
    const auto records = journals_[i]->find(uid);
    if (records.empty()) continue;
    match_messages(maildrop_, numbers, records, headers_, matches_);
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      remember(numbers[n], i, matches_[n]);
    }
    const bool failed =
        std::any_of(records.begin(), records.end(),
                    [](const auto& record) {
                      return record.failures() > 0 || record.cut_short();
                    });
    if (!failed) continue;
    for (const auto number : numbers) remember_failures(number, i);
  }
}

void Planner::remember(std::uint32_t number, std::size_t journal,
                       const JournalMatch& match) {
  auto& message = at(number);
  if (match.kind == Kind::doubtful &&
      (plan_.doubtful.empty() || plan_.doubtful.back() != number)) {
    plan_.doubtful.push_back(number);
  }
  if (match.maybe_adopted) message.ours = false;
  if (match.kind == Kind::doubtful || match.kind == Kind::used_again) {
    message.reason = PlanReason::used_again;
  }
  if (!match.had()) return;
  if (match.kind == Kind::adopted) message.ours = false;
  message.first_sight =
      std::max(message.first_sight,
               static_cast<std::uint32_t>(match.record->first_sight()));
  // --list alone: had for whatever destination.
  message.known |= options_.destinations.empty();
  if (!options_.destinations.empty()) {
    message.had |= static_cast<std::uint8_t>(1u << journal);
  }
  if (maildrop_.octets(number) != match.record->size()) {
    learn(number, journal, match);
  }
}

void Planner::learn(std::uint32_t number, std::size_t journal,
                    const JournalMatch& match) {
  if (!maildrop_.octets(number)) return;
  const auto& record = *match.record;
  plan_.learnt.push_back({number, static_cast<std::uint8_t>(journal),
                          match.kind == Kind::adopted, record.size(),
                          record.header_digest(), record.first_sight()});
}

// Of a message without a name that it shares: there is none to tell which.
void Planner::remember_failures(std::uint32_t number, std::size_t journal) {
  const auto* record =
      journals_[journal]->find(journal_name(maildrop_, number));
  if (record == nullptr) return;
  auto& message = at(number);
  message.cut_short |= record->cut_short();
  if (record->failures() == 0) return;
  message.failures = static_cast<std::uint8_t>(
      std::max<unsigned>(message.failures, record->failures()));
  if (options_.destinations.empty() || options_.all || options_.retry) return;
  if (aside(*record, store::journal_day(now_))) {
    message.wanted &= static_cast<std::uint8_t>(~(1u << journal));
  }
}

// From what the journals say to what is wanted, whatever the other options.
void Planner::settle(std::uint32_t number, std::uint32_t later) {
  auto& message = at(number);
  const bool looks_only = options_.destinations.empty();
  if (!looks_only) {
    message.known = message.had == everyone_;
    // A destination that had it may have failed at it before.
    message.ours &= ((message.wanted | message.had) == everyone_);
    if (!options_.all)
      message.wanted &= static_cast<std::uint8_t>(~message.had);
  }
  // What a destination is yet to get is new to it.
  const auto sight = message.known ? message.first_sight : 0;
  const auto rules = apply_retention(options_, later, sight, now_);
  message.old_enough =
      rules != PlanReason::too_young && rules != PlanReason::among_last;
  if (message.known) {
    message.reason = !message.ours     ? PlanReason::adopted
                     : options_.remove ? rules
                                       : PlanReason::known;
    if (options_.all) message.reason = PlanReason::asked_for;
  } else if (message.reason != PlanReason::used_again) {
    if (message.had != 0) message.reason = PlanReason::lacking;
    if (message.failures > 0) message.reason = PlanReason::retried;
  }
  if (options_.all && !looks_only) message.ours = true;
}

void Planner::decide(std::uint32_t number, std::uint64_t& room) {
  auto& message = at(number);
  const auto skip = [&message](PlanReason reason) {
    message.action = FetchAction::skip;
    message.reason = reason;
  };
  if (message.known && !options_.all) {
    const bool goes = options_.remove && message.ours && message.old_enough;
    message.action = goes ? FetchAction::remove : FetchAction::keep;
    return;
  }
  const bool goes_now = options_.remove && message.old_enough;
  if (maildrop_.uid(number).empty() && !goes_now && !options_.all) {
    return skip(PlanReason::no_unique_id);
  }
  if (message.wanted == 0 && !options_.destinations.empty()) {
    return skip(PlanReason::set_aside);
  }
  if (options_.max_size &&
      maildrop_.octets(number).value_or(0) > *options_.max_size) {
    return skip(PlanReason::too_large);
  }
  if (room == 0) {
    message.action = FetchAction::keep;
    message.reason = PlanReason::limit;
    return;
  }
  --room;
  message.action = FetchAction::fetch;
}

FetchPlan Planner::make() {
  PlannedMessage fresh;
  fresh.ours = fresh.ambiguous = true;
  fresh.wanted = everyone_;
  plan_.messages.assign(maildrop_.size(), fresh);
  const auto numbers = grouped(maildrop_);
  for (std::size_t i = 0; i < numbers.size();) {
    const auto first = i;
    const auto uid = maildrop_.uid(numbers[first]);
    while (i < numbers.size() && maildrop_.uid(numbers[i]) == uid) ++i;
    look_up(std::span(numbers).subspan(first, i - first));
  }
  std::sort(plan_.doubtful.begin(), plan_.doubtful.end());
  plan_.doubtful.erase(
      std::unique(plan_.doubtful.begin(), plan_.doubtful.end()),
      plan_.doubtful.end());

  std::uint32_t later = 0;
  for (std::uint32_t n = maildrop_.size(); n > 0; --n) {
    if (maildrop_.listed(n)) settle(n, later++);
  }
  auto room = options_.limit.value_or(UINT64_MAX);
  // What failed before gets what room the others leave.
  for (const unsigned delay : {0u, 1u, 2u}) {
    for (std::uint32_t n = 1; n <= maildrop_.size(); ++n) {
      const bool turn = maildrop_.listed(n) && at(n).delay() == delay;
      if (turn) decide(n, room);
    }
  }
  return std::move(plan_);
}

}  // namespace

std::string_view to_string(FetchAction action) {
  switch (action) {
    case FetchAction::fetch: return "fetch";
    case FetchAction::skip: return "skip";
    case FetchAction::remove: return "delete";
    case FetchAction::keep: return "keep";
  }
  return "";
}

store::Journal::Message journal_name(const pop3::Maildrop& maildrop,
                                     std::uint32_t number) {
  return {maildrop.uid(number),
          maildrop.octets(number).value_or(store::Journal::kUnknownSize)};
}

FetchPlan make_plan(const FetchOptions& options, const pop3::Maildrop& maildrop,
                    const Journals& journals, std::int64_t now,
                    const HeaderDigests& headers) {
  return Planner(options, maildrop, journals, now, headers).make();
}

}  // namespace mailtool::app
