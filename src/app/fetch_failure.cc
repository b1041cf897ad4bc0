#include "app/fetch_failure.h"

#include <algorithm>

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

std::string aside() {
  return "set aside for " + std::to_string(kDaysAside) +
         " days, --all tries it at once";
}

}  // namespace

Result<void> note_failure(FetchWork& work, const FetchFailure& failure) {
  const auto failures =
      failure.counts ? add_failure(work, failure.number, failure.destinations)
                     : Result<unsigned>(0u);
  if (!failures) return failures.error();
  if (*failures < kFailuresToSetAside) {
    return work.report.failed(work.maildrop, failure.number, FetchAction::fetch,
                              failure.reason, failure.status);
  }
  return work.report.failed(work.maildrop, failure.number, FetchAction::fetch,
                            failure.reason + "; " + aside(),
                            ExitStatus::unavailable,
                            *failures > kFailuresToSetAside);
}

Result<void> count_failure(FetchWork& work, std::uint32_t number) {
  const auto failures = add_failure(work, number, 0xff);
  if (!failures) return failures.error();
  if (*failures != kFailuresToSetAside) return {};
  return work.report.failed(work.maildrop, number, FetchAction::fetch, aside(),
                            ExitStatus::unavailable);
}

}  // namespace mailtool::app
