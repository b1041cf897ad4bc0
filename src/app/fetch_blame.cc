#include "app/fetch_blame.h"

#include <algorithm>

namespace mailtool::app {
namespace {

store::Journal::Message name_of(const FetchSubject& subject) {
  return {subject.uid, subject.octets.value_or(0)};
}

// The most that any of these journals has counted.
unsigned failures(const FetchBlame::Suspect& suspect,
                  const FetchBlame::Journals& journals) {
  unsigned most = 0;
  for (std::size_t i = 0; i < journals.size(); ++i) {
    if ((suspect.destinations >> i & 1) == 0) continue;
    most = std::max(most, journals[i]->failures(name_of(suspect.subject)));
  }
  return most;
}

}  // namespace

std::string set_aside_words() {
  return "set aside for " + std::to_string(kDaysAside) +
         " days, --retry tries it at once";
}

Result<void> FetchBlame::suspect(Suspect suspect, const Journals& journals,
                                 FetchReport& report) {
  const bool tells = failures(suspect, journals) + 1 < kFailuresToSetAside ||
                     suspect.subject.uid.empty();
  if (tells) {
    auto told = report.failed(suspect.subject, FetchAction::fetch,
                              suspect.reason, suspect.status,
                              suspect.told_otherwise);
    if (!told || suspect.subject.uid.empty()) return told;
  }
  const Name name{suspect.subject.uid, suspect.subject.octets.value_or(0)};
  const auto destinations = suspect.destinations;
  const auto [at, added] =
      pending_.try_emplace(name, Pending{std::move(suspect), tells});
  if (!added) at->second.suspect.destinations |= destinations;
  return {};
}

std::uint8_t FetchBlame::guilty(const Suspect& suspect) const {
  if (suspect.line) return line_holds_ ? suspect.destinations : std::uint8_t{0};
  return suspect.destinations & has_delivered_;
}

Result<void> FetchBlame::settle(const Pending& pending,
                                const Journals& journals,
                                FetchReport& report) const {
  auto suspect = pending.suspect;
  suspect.destinations = guilty(suspect);
  const auto before = failures(suspect, journals);
  for (std::size_t i = 0; i < journals.size(); ++i) {
    if ((suspect.destinations >> i & 1) == 0) continue;
    journals[i]->add_failure(name_of(suspect.subject));
    if (auto noted = journals[i]->append(); !noted) return noted;
  }
  if (pending.told) return {};
  if (suspect.destinations == 0 || before + 1 < kFailuresToSetAside) {
    return report.failed(suspect.subject, FetchAction::fetch, suspect.reason,
                         suspect.status, suspect.told_otherwise);
  }
  const bool known_for_it = before >= kFailuresToSetAside && !retry_;
  return report.failed(suspect.subject, FetchAction::fetch,
                       suspect.reason + "; " + set_aside_words(),
                       ExitStatus::unavailable, known_for_it);
}

Result<void> FetchBlame::settle(const Journals& journals, FetchReport& report) {
  const auto pending = std::exchange(pending_, {});
  for (const auto& [name, one] : pending) {
    if (auto settled = settle(one, journals, report); !settled) return settled;
  }
  return {};
}

}  // namespace mailtool::app
