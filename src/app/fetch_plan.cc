#include "app/fetch_plan.h"

#include <algorithm>
#include <numeric>

namespace mailtool::app {
namespace {

using Journals = std::vector<std::unique_ptr<store::Journal>>;

// What the journals know of the `nth` (from 0) of messages with one name.
PlannedMessage remembered(const Journals& journals,
                          const store::Journal::Message& name, unsigned nth) {
  PlannedMessage message;
  message.ours = true;
  unsigned failures = 0;
  for (std::size_t i = 0; i < journals.size(); ++i) {
    const auto fetched = journals[i]->fetched(name);
    const bool had = nth < fetched + journals[i]->adopted(name);
    auto& mask = had ? message.had : message.wanted;
    mask |= static_cast<std::uint8_t>(1u << i);
    if (had && nth >= fetched) message.ours = false;
    failures = std::max(failures, journals[i]->failures(name));
  }
  message.known = message.wanted == 0;
  if (failures >= kFailuresToSetAside) message.reason = SkipReason::set_aside;
  return message;
}

// --list without --to: whether we ever had it, for whatever destination.
PlannedMessage remembered_anywhere(const Journals& journals,
                                   const store::Journal::Message& name,
                                   unsigned nth) {
  PlannedMessage message;
  for (const auto& journal : journals) {
    const auto fetched = journal->fetched(name);
    if (nth < fetched + journal->adopted(name)) message.known = true;
    if (nth < fetched) message.ours = true;
  }
  return message;
}

PlannedMessage new_message(const FetchOptions& options) {
  PlannedMessage message;
  message.ours = true;
  message.ambiguous = true;
  message.wanted =
      static_cast<std::uint8_t>((1u << options.destinations.size()) - 1);
  return message;
}

// Numbers of messages with a unique-id, equal names together and in order.
std::vector<std::uint32_t> grouped(const pop3::Maildrop& maildrop) {
  std::vector<std::uint32_t> numbers(maildrop.size());
  std::iota(numbers.begin(), numbers.end(), 1);
  std::erase_if(numbers, [&](auto n) { return maildrop.uid(n).empty(); });
  std::sort(numbers.begin(), numbers.end(), [&](auto a, auto b) {
    const int order = maildrop.uid(a).compare(maildrop.uid(b));
    if (order != 0) return order < 0;
    const auto size_a = maildrop.octets(a).value_or(0);
    const auto size_b = maildrop.octets(b).value_or(0);
    return size_a != size_b ? size_a < size_b : a < b;
  });
  return numbers;
}

void decide(PlannedMessage& message, const FetchOptions& options,
            std::optional<std::uint64_t> octets, std::uint64_t& room) {
  if (message.known && !options.all) {
    message.action = options.remove && message.ours ? FetchAction::remove
                                                    : FetchAction::keep;
    return;
  }
  if (options.max_size && octets.value_or(0) > *options.max_size) {
    message.reason = SkipReason::too_large;
  }
  if (message.reason != SkipReason::none) {
    message.action = FetchAction::skip;
  } else if (room == 0) {
    message.reason = SkipReason::limit;
    message.action = FetchAction::keep;
  } else {
    --room;
    message.action = FetchAction::fetch;
  }
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

std::string_view to_string(SkipReason reason) {
  switch (reason) {
    case SkipReason::none: return "";
    case SkipReason::too_large: return "larger than --max-size";
    case SkipReason::set_aside: return "set aside after repeated failures";
    case SkipReason::limit: return "beyond --limit";
  }
  return "";
}

store::Journal::Message journal_name(const pop3::Maildrop& maildrop,
                                     std::uint32_t number) {
  return {maildrop.uid(number), maildrop.octets(number).value_or(0)};
}

std::vector<PlannedMessage> make_plan(const FetchOptions& options,
                                      const pop3::Maildrop& maildrop,
                                      const Journals& journals) {
  std::vector<PlannedMessage> plan(maildrop.size(), new_message(options));
  const auto numbers = grouped(maildrop);
  unsigned nth = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto name = journal_name(maildrop, numbers[i]);
    const auto same_uid = [&](std::size_t other) {
      return other < numbers.size() && maildrop.uid(numbers[other]) == name.uid;
    };
    const bool shared = same_uid(i + 1) || (i > 0 && same_uid(i - 1));
    const bool again = i > 0 && same_uid(i - 1) &&
                       journal_name(maildrop, numbers[i - 1]).size == name.size;
    nth = again ? nth + 1 : 0;
    auto& message = plan[numbers[i] - 1];
    message = options.destinations.empty()
                  ? remembered_anywhere(journals, name, nth)
                  : remembered(journals, name, nth);
    message.ambiguous = shared;
    if (options.all) {
      message.wanted = new_message(options).wanted;
      message.reason = SkipReason::none;
      message.ours = true;
    }
  }
  auto room = options.limit.value_or(UINT64_MAX);
  for (std::uint32_t number = 1; number <= maildrop.size(); ++number) {
    if (!maildrop.listed(number)) continue;
    decide(plan[number - 1], options, maildrop.octets(number), room);
  }
  return plan;
}

}  // namespace mailtool::app
