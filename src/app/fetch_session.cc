#include "app/fetch_session.h"

#include "app/fetch_login.h"
#include "app/fetch_receiver.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

// Lines held in memory before they are written; all are synced at the end.
constexpr std::uint32_t kAdoptedAtOnce = 1000;

Result<void> show_plan(const pop3::Maildrop& maildrop,
                       const std::vector<PlannedMessage>& plan,
                       FetchReport& report) {
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    if (!maildrop.listed(number)) continue;
    if (auto told = report.planned(maildrop, number, plan[number - 1]); !told) {
      return told;
    }
  }
  return {};
}

Result<void> adopt(FetchWork& work) {
  for (std::uint32_t number = 1; number <= work.plan.size(); ++number) {
    const auto name = journal_name(work.maildrop, number);
    for (std::size_t i = 0; i < work.journals.size(); ++i) {
      const bool had = (work.plan[number - 1].had >> i & 1) != 0;
      if (had || name.uid.empty()) continue;
      work.journals[i]->add_adopted(name);
      if (number % kAdoptedAtOnce != 0) continue;
      if (auto noted = work.journals[i]->append(); !noted) return noted;
    }
  }
  for (auto& journal : work.journals) {
    if (auto safe = journal->commit(); !safe) return safe;
  }
  return {};
}

Result<void> tell_skipped(FetchWork& work) {
  for (std::uint32_t number = 1; number <= work.plan.size(); ++number) {
    const auto& message = work.plan[number - 1];
    if (message.action != FetchAction::skip) continue;
    const auto name = journal_name(work.maildrop, number);
    bool said = message.reason == SkipReason::set_aside;
    for (auto& journal : work.journals) said |= journal->skip_was_said(name);
    auto told = work.report.skipped(work.maildrop, number, message, said);
    if (!told) return told;
    if (said || name.uid.empty()) continue;
    for (auto& journal : work.journals) {
      journal->add_skip_said(name);
      if (auto noted = journal->append(); !noted) return noted;
    }
  }
  return {};
}

// RETR of all that is wanted. What arrived whole is made safe whatever ended
// it; the error that ended it comes first.
Result<void> bring(FetchWork& work, client::Pop3Client& client) {
  work.report.expect(work.maildrop, work.plan);
  FetchReceiver receiver(work);
  auto brought = client.retrieve(receiver);
  receiver.discard();
  auto safe = receiver.commit();
  if (!brought) return brought;
  return safe;
}

std::vector<std::uint32_t> deletable(const FetchWork& work) {
  std::vector<std::uint32_t> numbers;
  if (!work.options.remove) return numbers;
  for (std::uint32_t number = 1; number <= work.plan.size(); ++number) {
    const auto& message = work.plan[number - 1];
    const bool fetched_now = message.safe && message.ours;
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
    if (refused < removed->refused.size() &&
        removed->refused[refused] == number) {
      ++refused;
      auto told = work.report.failed(work.maildrop, number, FetchAction::remove,
                                     "stored here, not deleted there: " +
                                         removed->first_refusal.one_line(),
                                     ExitStatus::temp_fail);
      if (!told) return told;
      continue;
    }
    const auto name = journal_name(work.maildrop, number);
    for (auto& journal : work.journals) {
      if (!name.uid.empty()) journal->add_gone(name);
    }
    if (auto told = work.report.deleted(work.maildrop, number); !told) {
      return told;
    }
  }
  for (auto& journal : work.journals) {
    if (auto noted = journal->append(); !noted) return noted;
  }
  return {};
}

// Nothing hangs on this QUIT: only a plain refusal is worth telling.
Result<void> leave(client::Pop3Client& client) {
  if (!client.usable()) return {};
  auto left = client.quit();
  if (left || left.error().kind == ErrorKind::deferred ||
      left.error().kind == ErrorKind::protocol) {
    return left;
  }
  return {};
}

Result<void> fetch_messages(FetchWork& work, client::Pop3Client& client) {
  if (auto told = tell_skipped(work); !told) return told;
  if (auto brought = bring(work, client); !brought) {
    // Out of step, or out of disk: what is deletable can wait for a good run.
    if (client.usable()) (void)client.quit();
    return brought;
  }
  if (caught_signal() != 0) {
    return Error{ErrorKind::interrupted, "interrupted"};
  }
  const auto numbers = deletable(work);
  if (numbers.empty()) return leave(client);
  return remove_from_server(work, client, numbers);
}

}  // namespace

Result<void> run_fetch(const FetchOptions& options, const std::string& identity,
                       FetchState& state, FetchServer& server,
                       FetchReport& report, Output& out) {
  std::vector<std::unique_ptr<Destination>> destinations;
  if (!options.only_looks() && !options.adopt) {
    const DestinationContext context{out, identity, options.state_folder,
                                     server.connector()};
    for (const auto& name : options.destinations) {
      auto opened = open_destination(name, context);
      if (!opened) return std::move(opened).error();
      destinations.push_back(*std::move(opened));
    }
  }
  // A prompt may take its time; a connected server would not.
  const auto credentials = server.credentials();
  if (!credentials) return credentials.error();
  const auto opened = open_maildrop(options, server, *credentials);
  if (!opened) return opened.error();
  auto& client = *opened->client;
  const auto& maildrop = opened->maildrop;
  auto plan = make_plan(options, maildrop, state.journals);
  FetchWork work{options,      identity,       maildrop, plan,
                 destinations, state.journals, report};
  if (options.only_looks()) {
    if (auto shown = show_plan(maildrop, plan, report); !shown) return shown;
    return leave(client);
  }
  if (options.adopt) {
    if (auto adopted = adopt(work); !adopted) return adopted;
    return leave(client);
  }
  return fetch_messages(work, client);
}

}  // namespace mailtool::app
