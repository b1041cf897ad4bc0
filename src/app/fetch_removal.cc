#include "app/fetch_removal.h"

#include <algorithm>

namespace mailtool::app {
namespace {

Result<void> forget(FetchWork& work, std::uint32_t number) {
  const auto name = journal_name(work.maildrop, number);
  for (auto& journal : work.journals) {
    if (!name.uid.empty()) journal->add_gone(name);
  }
  return work.report.deleted(work.maildrop, number);
}

}  // namespace

std::vector<std::uint32_t> deletable(const FetchWork& work) {
  std::vector<std::uint32_t> numbers;
  if (!work.options.remove) return numbers;
  for (std::uint32_t number = 1; number <= work.plan.size(); ++number) {
    const auto& message = work.plan[number - 1];
    const bool fetched_now = message.safe && message.ours && message.old_enough;
    if (message.action == FetchAction::remove || fetched_now) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

Result<void> remove_from_server(FetchWork& work, client::Pop3Client& client,
                                const std::vector<std::uint32_t>& numbers) {
  const auto removed = client.delete_and_quit(numbers);
  if (!removed) {
    auto error = removed.error();
    error.what +=
        " (what was fetched is stored; that it is deleted on the"
        " server was not confirmed)";
    return error;
  }
  std::size_t refused = 0;  // in the order of numbers
  for (const auto number : numbers) {
    Result<void> told;
    if (refused < removed->refused.size() &&
        removed->refused[refused] == number) {
      ++refused;
      told = work.report.failed(subject_of(work.maildrop, number), FetchAction::remove,
                                "stored here, not deleted there: " +
                                    removed->first_refusal.one_line(),
                                ExitStatus::temp_fail);
    } else {
      told = forget(work, number);
    }
    if (!told) return told;
  }
  for (auto& journal : work.journals) {
    if (auto noted = journal->append(); !noted) return noted;
  }
  return {};
}

bool may_quit(const FetchWork& work, const client::Pop3Client& client) {
  const auto expire = client.capabilities().parameters("EXPIRE");
  if (expire.empty() || expire[0] != "0") return true;
  return std::all_of(work.plan.begin(), work.plan.end(),
                     [](const auto& m) { return !m.retrieved || m.safe; });
}

Result<void> leave(const FetchWork& work, client::Pop3Client& client) {
  if (!client.usable() || !may_quit(work, client)) return {};
  auto left = client.quit();
  if (left || left.error().kind == ErrorKind::deferred ||
      left.error().kind == ErrorKind::protocol) {
    return left;
  }
  return {};
}

}  // namespace mailtool::app
