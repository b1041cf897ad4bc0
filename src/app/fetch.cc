// mailtool fetch: the accounts side by side, and one status.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "app/commands.h"
#include "app/fetch_account.h"
#include "app/json.h"
#include "app/line_sink.h"
#include "app/ordered_output.h"
#include "app/session_logs.h"
#include "app/side_by_side.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Sessions at a time, and the descriptors that each may need: files wait
// together for their sync.
constexpr unsigned kAtOnce = 8;
constexpr rlim_t kDescriptors = 64;

using Accounts = std::vector<std::unique_ptr<FetchAccount>>;
using Outcomes = std::vector<Result<ExitStatus>>;

// The line would get in the way of other lines on the terminal.
int progress_descriptor(const Invocation& invocation) {
  const bool data_on_terminal =
      invocation.stdout_is_terminal &&
      (invocation.json() || invocation.options.get("to") == "-");
  const bool wanted = invocation.progress && !data_on_terminal &&
                      !invocation.verbose() && !invocation.quiet();
  return wanted ? STDERR_FILENO : -1;
}

// Two at a time would wait for each other's lock, and with --delete the second
// would lack what the first has had.
void refuse_same_maildrops(Accounts& accounts) {
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    for (std::size_t j = 0; j < i && !accounts[i]->failed(); ++j) {
      if (accounts[j]->failed() ||
          accounts[i]->identity() != accounts[j]->identity()) {
        continue;
      }
      accounts[i]->give_up(
          Error{ErrorKind::config, printable(accounts[i]->identity()) +
                                       " is the maildrop of account '" +
                                       printable(accounts[j]->name()) +
                                       "' too, and is fetched for that"}
              .with_hint("one account may have several destinations: to = "
                         "[\"maildir:A\", \"maildir:B\"]"));
    }
  }
}

// What is wrong with all of them alike is wrong with the command line.
const Error* common_error(const Accounts& accounts) {
  const auto* first = accounts.front()->failed();
  for (const auto& account : accounts) {
    const auto* failed = account->failed();
    if (!failed || failed->one_line() != first->one_line()) return nullptr;
  }
  return first;
}

unsigned sessions_at_once() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kAtOnce;
  return static_cast<unsigned>(
      std::clamp<rlim_t>(limit.rlim_cur / kDescriptors, 1, kAtOnce));
}

// An mbox on stdout has one writer.
unsigned jobs(const Accounts& accounts) {
  for (const auto& account : accounts) {
    const auto* options = account->options();
    if (!options || options->only_looks()) continue;
    for (const auto& destination : options->destinations) {
      if (destination.standard_output()) return 1;
    }
  }
  return sessions_at_once();
}

// What the standard library throws must not end the other threads.
Result<ExitStatus> run_one(FetchAccount& account, Sink& data) try {
  return account.run(data);
} catch (const std::bad_alloc&) {
  return Error{ErrorKind::system, "out of memory", printable(account.name())};
} catch (const std::exception& bug) {
  return Error{ErrorKind::internal, printable(bug.what()),
               printable(account.name())};
}

// Objects as they come, a line at a time; listings one after the other.
Result<void> run_all(const Accounts& accounts, bool json, Output& out,
                     Outcomes& outcomes) {
  OrderedOutput order(out, "", [](const Error&) {});
  std::mutex mutex;
  side_by_side(accounts.size(), jobs(accounts), [&](std::size_t i) {
    LineSink lines(out, mutex);
    UnitOutput listing(order);
    listing.begin(i);
    outcomes[i] =
        run_one(*accounts[i], json ? static_cast<Sink&>(lines) : listing);
    listing.end();
  });
  if (auto error = order.error()) return *std::move(error);
  return {};
}

Result<void> tell_total(const Accounts& accounts, const Invocation& invocation,
                        ExitStatus exit, double seconds, Output& out) {
  FetchCounts total;
  for (const auto& account : accounts) total += account->counts();
  const bool foretold = invocation.dry_run() || invocation.options.has("list");
  if (invocation.json()) {
    JsonWriter json(out);
    json.begin_object().field("type", "summary");
    json.field("exit", static_cast<int>(exit));
    total.write_fields(json, foretold);
    json.field("seconds", seconds);
    json.field("accounts", std::uint64_t{accounts.size()}).end_object();
    return json.end_line();
  }
  if (invocation.stderr_is_terminal && !invocation.quiet()) {
    if (auto shown = out.flush(); !shown) return shown;
    warn("fetch",
         std::to_string(accounts.size()) + " accounts: " +
             (foretold ? total.foretold_text() : total.done_text(seconds)));
  }
  return {};
}

}  // namespace

Result<ExitStatus> fetch(std::span<const Invocation> invocations, Output& out) {
  const auto start = std::chrono::steady_clock::now();
  const auto& first = invocations.front();
  SessionLogs logs;
  FetchProgress progress(progress_descriptor(first),
                         static_cast<std::size_t>(first.terminal_columns));
  FetchCommon common{out, progress, logs, invocations.size() > 1};
  Accounts accounts;
  for (const auto& invocation : invocations) {
    accounts.push_back(std::make_unique<FetchAccount>(invocation, common));
    accounts.back()->prepare();
  }
  if (const auto* error = common_error(accounts)) return *error;
  if (!common.several) {
    auto done = accounts.front()->run(out);
    progress.aside([] {});
    return done;
  }

  refuse_same_maildrops(accounts);
  for (const auto& account : accounts) {
    account->ask();
    const auto* failed = account->failed();
    if (failed && failed->kind == ErrorKind::interrupted) return *failed;
  }
  Outcomes outcomes(accounts.size(), ExitStatus::ok);
  auto ran = run_all(accounts, first.json(), out, outcomes);
  progress.aside([] {});
  if (!ran) return std::move(ran).error();
  auto exit = ExitStatus::ok;
  for (const auto& outcome : outcomes) {
    if (!outcome) return outcome.error();
    exit = combine(exit, *outcome);
  }
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  if (auto told = tell_total(accounts, first, exit, seconds.count(), out);
      !told) {
    return std::move(told).error();
  }
  return exit;
}

}  // namespace mailtool::app
