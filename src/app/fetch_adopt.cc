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
                 "the server gives messages no unique-ids, by which they could"
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
  report.say(count_of(without, "message has", "messages have") +
             " no unique-id and stay new");
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

Result<bool> mend_imported(const pop3::Maildrop& maildrop, Journals& journals) {
  struct Slashed {
    std::uint32_t number;
    std::string other;  // as it was imported
  };
  std::vector<Slashed> slashed;
  for (std::uint32_t number = 1; number <= maildrop.size(); ++number) {
    const auto uid = maildrop.uid(number);
    if (uid.find('/') == uid.npos) continue;
    std::string other(uid);
    std::replace(other.begin(), other.end(), '/', '-');
    const auto imported = [&](const auto& journal) {
      const auto* record = journal->find({other, store::Journal::kUnknownSize});
      return record != nullptr && record->adopted() > 0 &&
             !knows(*journal, uid);
    };
    if (std::any_of(journals.begin(), journals.end(), imported)) {
      slashed.push_back({number, std::move(other)});
    }
  }
  if (slashed.empty()) return false;
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
  for (auto& journal : journals) {
    for (const auto& [number, other] : slashed) {
      const store::Journal::Message as_imported{other,
                                                store::Journal::kUnknownSize};
      const auto* record = journal->find(as_imported);
      const auto name = journal_name(maildrop, number);
      if (record == nullptr || knows(*journal, name.uid)) continue;
      journal->add_adopted(name, 0, record->first_sight());
      journal->add_gone(as_imported);
    }
    if (auto read = journal->reload(); !read) return std::move(read).error();
  }
  return !slashed.empty();
}

}  // namespace mailtool::app
