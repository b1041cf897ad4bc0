#include "app/fetch_adopt.h"

#include <algorithm>

namespace mailtool::app {
namespace {

// Lines held in memory before they are written; all are synced at the end.
constexpr std::size_t kLinesAtOnce = 1000;

// Writes in chunks, syncs once.
class Adoption {
 public:
  explicit Adoption(store::Journal& journal) : journal_(journal) {}

  Result<void> add(const store::Journal::Message& message,
                   std::int64_t first_sight = 0) {
    journal_.add_adopted(message, 0, first_sight);
    if (++lines_ % kLinesAtOnce != 0) return {};
    return journal_.append();
  }

 private:
  store::Journal& journal_;
  std::size_t lines_ = 0;
};

Result<void> commit_all(Journals& journals) {
  for (auto& journal : journals) {
    if (auto safe = journal->commit(); !safe) return safe;
  }
  return {};
}

bool knows(const store::Journal& journal, std::string_view uid) {
  const auto records = journal.find(uid);
  return std::any_of(records.begin(), records.end(),
                     [](const auto& record) { return record.known(); });
}

// A listed unique-id, and the form with dashes, which is not listed.
struct Slashed {
  std::uint32_t number;
  std::string other;
};

// What the journal knows of it in the other form, and not as it is.
const store::JournalRecord* imported_as(const store::Journal& journal,
                                        const pop3::Maildrop& maildrop,
                                        const Slashed& one) {
  const auto* record = journal.find({one.other, store::Journal::kUnknownSize});
  if (record == nullptr || record->adopted() == 0) return nullptr;
  return knows(journal, maildrop.uid(one.number)) ? nullptr : record;
}

// Those that some journal knows in the other form.
std::vector<Slashed> slashed_ids(const pop3::Maildrop& maildrop,
                                 const Journals& journals) {
  std::vector<Slashed> slashed;
  for (std::uint32_t number = 1; number <= maildrop.size(); ++number) {
    const auto uid = maildrop.uid(number);
    if (uid.find('/') == uid.npos) continue;
    Slashed one{number, std::string(uid)};
    std::replace(one.other.begin(), one.other.end(), '/', '-');
    const auto imported = [&](const auto& journal) {
      return imported_as(*journal, maildrop, one) != nullptr;
    };
    if (std::any_of(journals.begin(), journals.end(), imported)) {
      slashed.push_back(std::move(one));
    }
  }
  if (slashed.empty()) return slashed;
  const auto by_other = [](const Slashed& a, const Slashed& b) {
    return a.other < b.other;
  };
  std::sort(slashed.begin(), slashed.end(), by_other);
  for (std::uint32_t number = 1; number <= maildrop.size(); ++number) {
    const auto listed = std::equal_range(
        slashed.begin(), slashed.end(),
        Slashed{0, std::string(maildrop.uid(number))}, by_other);
    slashed.erase(listed.first, listed.second);
  }
  return slashed;
}

struct Imported {
  std::size_t added = 0;
  std::size_t known_before = 0;
  std::uint64_t partial = 0;
  std::uint64_t ignored = 0;
};

std::string count_of(std::uint64_t count, std::string_view one,
                     std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string told(const Imported& imported, bool only_looks) {
  auto text = count_of(imported.added, "message", "messages");
  text += only_looks ? " would be imported as known" : " imported as known";
  if (imported.known_before > 0) {
    text += ", " + std::to_string(imported.known_before) + " known before";
  }
  if (imported.partial > 0) {
    text += ", " + std::to_string(imported.partial) +
            " left out that were fetched only in part";
  }
  if (imported.ignored > 0) {
    text += ", " + count_of(imported.ignored, "line", "lines") +
            " of no meaning ignored";
  }
  return text;
}

Result<ImportedIds> read_all(const FetchOptions& options,
                             const std::string& identity, Imported& imported) {
  auto account = options.import_account;
  if (!account) {
    auto own = parse_import_account(identity);
    if (!own) return std::move(own).error();
    account = *std::move(own);
  }
  ImportedIds all;
  for (const auto& file : options.imports) {
    const auto state = read_import(file, *account);
    if (!state) return state.error();
    imported.partial += state->partial;
    imported.ignored += state->ignored;
    for (std::size_t i = 0; i < state->known.size(); ++i) {
      all.add(state->known.uid(i), state->known.first_seen(i));
    }
  }
  all.sort();
  return all;
}

}  // namespace

Result<void> adopt_messages(const pop3::Maildrop& maildrop,
                            const std::vector<PlannedMessage>& plan,
                            Journals& journals, FetchReport& report) {
  const auto without = maildrop.without_uid();
  if (without > 0 && without == maildrop.count()) {
    return Error{ErrorKind::unsupported,
                 "the server gives messages no unique ids, by which they could"
                 " be known",
                 "UIDL"}
        .with_hint("fetch with --delete, which needs none");
  }
  for (std::size_t i = 0; i < journals.size(); ++i) {
    Adoption adoption(*journals[i]);
    for (std::uint32_t number = 1; number <= plan.size(); ++number) {
      const auto name = journal_name(maildrop, number);
      const bool had = (plan[number - 1].had >> i & 1) != 0;
      if (had || name.uid.empty()) continue;
      if (auto added = adoption.add(name); !added) return added;
    }
  }
  if (auto safe = commit_all(journals); !safe) return safe;
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    if (plan[number - 1].known || maildrop.uid(number).empty()) continue;
    if (auto said = report.adopted(maildrop, number); !said) return said;
  }
  if (without == 0) return {};
  report.say(count_of(without, "message", "messages") +
             " without a unique id cannot be adopted");
  report.count(ExitStatus::unavailable);
  return {};
}

Result<void> import_states(const FetchOptions& options,
                           const std::string& identity, Journals& journals,
                           FetchReport& report) {
  Imported imported;
  const auto ids = read_all(options, identity, imported);
  if (!ids) return ids.error();
  std::vector<bool> added(ids->size());
  for (auto& journal : journals) {
    Adoption adoption(*journal);
    for (std::size_t i = 0; i < ids->size(); ++i) {
      if (knows(*journal, ids->uid(i))) continue;
      added[i] = true;
      if (options.only_looks()) continue;
      const store::Journal::Message message{ids->uid(i),
                                            store::Journal::kUnknownSize};
      auto noted = adoption.add(message, ids->first_seen(i));
      if (!noted) return noted;
    }
  }
  if (!options.only_looks()) {
    if (auto safe = commit_all(journals); !safe) return safe;
  }
  imported.added =
      static_cast<std::size_t>(std::count(added.begin(), added.end(), true));
  imported.known_before = ids->size() - imported.added;
  report.imported(imported.added);
  report.say(told(imported, options.only_looks()));
  return {};
}

void foretell_adoption(const pop3::Maildrop& maildrop,
                       std::vector<PlannedMessage>& plan) {
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    auto& message = plan[number - 1];
    if (message.known) continue;
    message.action = FetchAction::keep;
    message.reason = maildrop.uid(number).empty() ? PlanReason::no_unique_id
                                                  : PlanReason::to_adopt;
  }
}

Result<void> mend_imported(const pop3::Maildrop& maildrop, Journals& journals) {
  const auto slashed = slashed_ids(maildrop, journals);
  if (slashed.empty()) return {};
  for (auto& journal : journals) {
    for (const auto& one : slashed) {
      const auto* record = imported_as(*journal, maildrop, one);
      if (record == nullptr) continue;
      journal->add_adopted(journal_name(maildrop, one.number), 0,
                           record->first_sight());
      journal->add_gone({one.other, store::Journal::kUnknownSize});
    }
    if (auto read = journal->reload(); !read) return read;
  }
  return {};
}

void foretell_mended(const pop3::Maildrop& maildrop, const Journals& journals,
                     std::vector<PlannedMessage>& plan) {
  for (const auto& one : slashed_ids(maildrop, journals)) {
    auto& message = plan[one.number - 1];
    for (std::size_t i = 0; i < journals.size(); ++i) {
      if (imported_as(*journals[i], maildrop, one) == nullptr) continue;
      const auto bit = static_cast<std::uint8_t>(1u << i);
      message.had = static_cast<std::uint8_t>(message.had | bit);
      message.wanted = static_cast<std::uint8_t>(message.wanted & ~bit);
    }
    if (message.wanted != 0) continue;
    message.known = true;
    message.action = FetchAction::keep;
    message.reason = PlanReason::adopted;
  }
}

}  // namespace mailtool::app
