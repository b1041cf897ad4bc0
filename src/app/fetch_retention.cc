#include "app/fetch_retention.h"

#include <algorithm>

namespace mailtool::app {
namespace {

// Calls for a line in the journal: of what is as it was, there is none.
bool changes(const store::JournalRecord& record, bool listed, unsigned today) {
  if (listed == record.absent()) return true;
  return record.absent() && !listed && today >= record.day() + kDaysAbsent;
}

void note(store::Journal& journal, const store::Journal::Message& name,
          const store::JournalRecord& record, bool listed) {
  if (listed) {
    journal.add_listed_again(name);
  } else if (!record.absent()) {
    journal.add_absent(name);
  } else {
    const auto lines = std::max(1u, record.fetched() + record.adopted());
    for (unsigned i = 0; i < lines; ++i) journal.add_gone(name);
  }
}

// By name, not by unique-id alone: what bears the id of another is another.
std::vector<bool> listed_records(const pop3::Maildrop& maildrop,
                                 const store::Journal& journal) {
  const auto records = journal.records();
  std::vector<bool> listed(records.size());
  const auto mark = [&](const store::JournalRecord& record) {
    listed[static_cast<std::size_t>(&record - records.data())] = true;
  };
  for (std::uint32_t number = 1; number <= maildrop.size(); ++number) {
    const auto name = journal_name(maildrop, number);
    for (const auto& record : journal.find(name.uid)) {
      const bool is_it = record.size() == name.size ||
                         record.size() == store::Journal::kUnknownSize ||
                         name.size == store::Journal::kUnknownSize;
      if (is_it) mark(record);
    }
  }
  return listed;
}

Result<void> prune(const pop3::Maildrop& maildrop, store::Journal& journal,
                   unsigned today) {
  const auto records = journal.records();
  if (records.empty()) return {};
  const auto listed = listed_records(maildrop, journal);
  bool any = false;
  for (std::size_t i = 0; i < records.size() && !any; ++i) {
    any = changes(records[i], listed[i], today);
  }
  if (!any) return {};
  auto noted = journal.for_each(
      [&](std::string_view uid, const store::JournalRecord& record) {
        const bool there =
            listed[static_cast<std::size_t>(&record - records.data())];
        if (changes(record, there, today)) {
          note(journal, {uid, record.size()}, record, there);
        }
        return Result<void>{};
      });
  if (!noted) return noted;
  return journal.append();
}

}  // namespace

PlanReason apply_retention(const FetchOptions& options, std::uint32_t later,
                           std::uint32_t first_sight, std::int64_t now) {
  auto reason = PlanReason::known;
  if (options.keep_last) {
    if (later < *options.keep_last) return PlanReason::among_last;
    reason = PlanReason::not_among_last;
  }
  if (options.delete_after) {
    const std::int64_t seen = first_sight == 0 ? now : first_sight;
    if (now - seen < options.delete_after->count()) {
      return PlanReason::too_young;
    }
    reason = PlanReason::old_enough;
  }
  return reason;
}

Result<void> prune_journals(
    const pop3::Maildrop& maildrop,
    const std::vector<std::unique_ptr<store::Journal>>& journals,
    std::int64_t now) {
  if (maildrop.count() == 0 || maildrop.without_uid() > 0) return {};
  for (const auto& journal : journals) {
    auto pruned = prune(maildrop, *journal, store::journal_day(now));
    if (!pruned) return pruned;
  }
  return {};
}

}  // namespace mailtool::app
