#include "app/fetch_failure.h"

#include <algorithm>

#include "app/fetch_blame.h"

namespace mailtool::app {

namespace {

// How many runs have failed at it, with this one; 0 where none are counted.
Result<unsigned> add_failure(FetchWork& work, std::uint32_t number,
                             std::uint8_t destinations) {
  const auto name = journal_name(work.maildrop, number);
  const auto concerned = destinations & work.plan[number - 1].wanted;
  unsigned failures = 0;
  for (std::size_t i = 0; i < work.journals.size(); ++i) {
    if ((concerned >> i & 1) == 0 || name.uid.empty()) continue;
    auto& journal = *work.journals[i];
    failures = std::max(failures, journal.failures(name) + 1);
    journal.add_failure(name);
    if (auto noted = journal.append(); !noted) return std::move(noted).error();
  }
  return failures;
}

}  // namespace

Result<void> note_failure(FetchWork& work, const FetchFailure& failure) {
  const auto number = failure.number;
  const auto subject = subject_of(work.maildrop, number);
  if (failure.blame == Blame::destination || failure.blame == Blame::line) {
    const auto wanted = work.plan[number - 1].wanted;
    return work.blame.suspect(
        {.subject = subject,
         .reason = failure.reason,
         .status = failure.status,
         .destinations =
             static_cast<std::uint8_t>(failure.destinations & wanted),
         .line = failure.blame == Blame::line,
         .told_otherwise = failure.told_otherwise},
        work.journals, work.report);
  }
  const auto failures = failure.blame == Blame::message
                            ? add_failure(work, number, failure.destinations)
                            : Result<unsigned>(0u);
  if (!failures) return failures.error();
  if (*failures < kFailuresToSetAside) {
    return work.report.failed(subject, FetchAction::fetch, failure.reason,
                              failure.status);
  }
  return work.report.failed(
      subject, FetchAction::fetch, failure.reason + "; " + set_aside_words(),
      ExitStatus::unavailable,
      *failures > kFailuresToSetAside && !work.options.retry);
}

}  // namespace mailtool::app
