#include "app/fetch_session.h"

#include <ctime>

#include "app/fetch_adopt.h"
#include "app/fetch_blame.h"
#include "app/fetch_failure.h"
#include "app/fetch_headers.h"
#include "app/fetch_login.h"
#include "app/fetch_rebase.h"
#include "app/fetch_receiver.h"
#include "app/fetch_removal.h"
#include "app/fetch_retention.h"
#include "app/free_space.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

Result<void> show_plan(const FetchWork& work, std::int64_t now) {
  for (std::uint32_t number = 1; number <= work.plan.size(); ++number) {
    if (!work.maildrop.listed(number)) continue;
    auto message = work.plan[number - 1];
    auto reason = why(message, work.options, now);
    if (work.options.adopt && !message.known) {
      message.action = FetchAction::keep;
      message.reason = PlanReason::adopted;
      reason = "would be adopted";
    }
    auto told = work.report.planned(work.maildrop, number, message, reason);
    if (!told) return told;
  }
  return {};
}

Result<void> append_journals(FetchWork& work) {
  for (auto& journal : work.journals) {
    if (auto noted = journal->append(); !noted) return noted;
  }
  return {};
}

Result<void> tell_skipped(FetchWork& work, std::int64_t now) {
  std::uint32_t without_id = 0;
  for (std::uint32_t number = 1; number <= work.plan.size(); ++number) {
    const auto& message = work.plan[number - 1];
    if (message.action != FetchAction::skip) continue;
    const auto name = journal_name(work.maildrop, number);
    without_id += message.reason == PlanReason::no_unique_id;
    bool said = message.reason != PlanReason::too_large;
    for (auto& journal : work.journals) said |= journal->skip_was_said(name);
    auto told = work.report.skipped(work.maildrop, number,
                                    why(message, work.options, now), said);
    if (!told) return told;
    if (said || name.uid.empty()) continue;
    for (auto& journal : work.journals) journal->add_skip_said(name);
  }
  if (without_id > 0) {
    work.report.count(ExitStatus::unavailable);
    work.report.say(std::to_string(without_id) +
                    " messages without a unique id stay where they are: only"
                    " --delete or --all fetches them");
  }
  return append_journals(work);
}

// A name under which the next run knows the message at once.
Result<void> learn_sizes(FetchWork& work,
                         const std::vector<LearntSize>& learnt) {
  for (const auto& one : learnt) {
    auto& journal = *work.journals[one.journal];
    const auto name = journal_name(work.maildrop, one.number);
    // The new name first: torn between the two, the message stays known.
    one.adopted ? journal.add_adopted(name, one.header_digest, one.first_sight)
                : journal.add_fetched(name, one.header_digest, one.first_sight);
    journal.add_gone({name.uid, one.old_size});
  }
  return append_journals(work);
}

// RETR of all that is wanted. What arrived whole is made safe whatever ended
// it; where that fails, nothing else counts: the run must not go on.
Result<void> bring(FetchWork& work, client::Pop3Client& client) {
  work.report.expect(work.maildrop, work.plan);
  FetchReceiver receiver(work);
  auto brought = client.retrieve(receiver);
  receiver.discard();
  auto safe = receiver.commit();
  return safe ? brought : safe;
}

Result<void> fetch_messages(FetchWork& work, client::Pop3Client& client,
                            std::int64_t now) {
  if (auto told = tell_skipped(work, now); !told) return told;
  if (auto brought = bring(work, client); !brought) {
    // Out of step, or out of disk: what is deletable can wait for a good run.
    (void)leave(work, client);
    return brought;
  }
  if (caught_signal() != 0) {
    (void)leave(work, client);
    return Error{ErrorKind::interrupted, "interrupted"};
  }
  const auto numbers = deletable(work);
  const bool removes = !numbers.empty() && may_quit(work, client);
  auto left =
      removes ? remove_from_server(work, client, numbers) : leave(work, client);
  if (!left) return left;
  return prune_journals(work.maildrop, work.journals, now);
}

// Nothing could be known again, and all would be fetched in every run.
Result<void> refuse_without_ids(const FetchOptions& options,
                                const pop3::Maildrop& maildrop) {
  const bool all_go =
      options.remove && !options.delete_after && !options.keep_last;
  const bool no_ids =
      maildrop.count() > 0 && maildrop.without_uid() == maildrop.count();
  if (!no_ids || options.only_looks() || options.all || all_go) return {};
  return Error{ErrorKind::unsupported,
               "the server gives messages no unique ids (UIDL), by which they"
               " would be known in the next run"}
      .with_hint("--delete fetches each once; --all fetches all each time");
}

// What stays the same over the sessions of a run.
struct FetchRun {
  const FetchOptions& options;
  const std::string& identity;
  FetchState& state;
  FetchServer& server;
  FetchReport& report;
  const sasl::Credentials& credentials;
  std::vector<std::unique_ptr<Destination>> destinations;
  std::int64_t now;
  FetchBlame blame;
  // The unique-id of the message in which the first connection was lost; empty
  // where it was in none.
  std::optional<std::string> lost_in;
};

bool time_is_over(const FetchRun& run) {
  const auto& end = run.options.end;
  return end && FetchOptions::Clock::now() >= *end;
}

bool is_loss(const FetchRun& run, const Error& error) {
  if (time_is_over(run)) return false;
  return error.kind == ErrorKind::disconnected ||
         error.kind == ErrorKind::timed_out ||
         error.kind == ErrorKind::protocol;
}

// The message that --deadline ended the run in comes last from then on: it may
// take longer than any run, and is not to keep the others waiting.
Result<void> put_last(FetchWork& work, std::uint32_t number) {
  const auto name = journal_name(work.maildrop, number);
  if (name.uid.empty()) return {};
  for (std::size_t i = 0; i < work.journals.size(); ++i) {
    if ((work.plan[number - 1].wanted >> i & 1) == 0) continue;
    work.journals[i]->add_cut_short(name);
    if (auto noted = work.journals[i]->append(); !noted) return noted;
  }
  return {};
}

// The message that the connection was lost in: the one whose answer is missing,
// and not the one before it, which is whole but for an answer to confirm it.
// Where that is no answer at all, it is: it ended too soon.
std::optional<std::uint32_t> lost_message(const FetchWork& work,
                                          const client::Pop3Client& client,
                                          const Error& error) {
  const auto number = work.order.under_way();
  const bool confirmed = !number || client.unconfirmed() != *number;
  if (confirmed || error.kind == ErrorKind::protocol) return number;
  return work.order.after_that_under_way();
}

// That message is to blame, if others come through. True when the run should go
// on without it. Where there is none, another connection may do.
Result<bool> blame(FetchRun& run, FetchWork& work,
                   const client::Pop3Client& client, const Error& error) {
  const auto under_way = work.order.under_way();
  if (under_way && time_is_over(run)) {
    if (auto noted = put_last(work, *under_way); !noted) {
      return std::move(noted).error();
    }
  }
  if (!under_way || !is_loss(run, error)) return false;
  // A destination that broke may take for delivered what is not on its disk.
  const bool may_go_on = !run.lost_in && !work.destination_broke;
  const auto number = lost_message(work, client, error);
  if (!number) {
    if (may_go_on) run.lost_in.emplace();
    return may_go_on;
  }
  const auto uid = work.maildrop.uid(*number);
  const bool goes_on = may_go_on && !uid.empty() &&
                       (number != under_way || work.order.others_left());
  auto noted = note_failure(work, {.number = *number,
                                   .reason = error.one_line(),
                                   .blame = Blame::line,
                                   .told_otherwise = !goes_on});
  if (!noted) return std::move(noted).error();
  if (goes_on) run.lost_in = std::string(uid);
  return goes_on;
}

void leave_out(const std::string& uid, const pop3::Maildrop& maildrop,
               std::vector<PlannedMessage>& plan) {
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    auto& message = plan[number - 1];
    if (message.action != FetchAction::fetch || maildrop.uid(number) != uid) {
      continue;
    }
    message.action = FetchAction::keep;
    message.reason = PlanReason::line_lost;
  }
}

// Where a unique-id is known with another size, the header tells whether the
// server's sizes lie or the id is used again.
Result<FetchPlan> plan_messages(FetchRun& run, client::Pop3Client& client,
                                const pop3::Maildrop& maildrop) {
  auto plan = make_plan(run.options, maildrop, run.state.journals, run.now);
  HeaderDigests headers;
  if (!plan.doubtful.empty()) {
    const auto digests = header_digests(client, plan.doubtful);
    if (!digests) return digests.error();
    for (std::size_t i = 0; i < digests->size(); ++i) {
      headers.emplace_hint(headers.end(), plan.doubtful[i], (*digests)[i]);
    }
    plan =
        make_plan(run.options, maildrop, run.state.journals, run.now, headers);
  }
  const auto settled =
      settle_unique_ids({run.options, maildrop, plan.messages,
                         run.state.journals, client, run.report});
  if (!settled) return settled.error();
  if (*settled) {
    plan =
        make_plan(run.options, maildrop, run.state.journals, run.now, headers);
  }
  if (run.options.only_looks()) {
    foretell_mended(maildrop, run.state.journals, plan.messages);
    if (run.options.adopt) foretell_adoption(maildrop, plan.messages);
  }
  if (run.lost_in && !run.lost_in->empty()) {
    leave_out(*run.lost_in, maildrop, plan.messages);
  }
  return plan;
}

// Gmail shows a message no more once RETR has sent it, to whoever: little is
// under way, and each is safe before more is asked for.
void heed_quirks(client::Pop3Client& client, FetchWork& work) {
  if (!client.hides_what_was_retrieved()) return;
  work.one_by_one = true;
  client.set_window({.commands = 2});
}

Error lost(const FetchRun& run, const client::Pop3Client& client, Error error) {
  if (!is_loss(run, error)) return error;
  note_lost_session(run.options, client);
  if (!client.hides_what_was_retrieved()) return error;
  return std::move(error).with_hint(
      "this server no longer shows what it was sending; log in as recent:USER"
      " to see the messages of the last 30 days");
}

// One connection, from the greeting to QUIT. True when it was lost and another
// one is worthwhile.
Result<bool> run_session(FetchRun& run) {
  const auto& options = run.options;
  const auto opened = open_maildrop(options, run.server, run.credentials);
  if (!opened) return opened.error();
  auto& client = *opened->client;
  const auto& maildrop = opened->maildrop;
  if (auto fine = refuse_without_ids(options, maildrop); !fine) {
    (void)client.quit();
    return std::move(fine).error();
  }
  if (!options.only_looks()) {
    auto mended = mend_imported(maildrop, run.state.journals);
    if (!mended) return std::move(mended).error();
  }
  auto plan = plan_messages(run, client, maildrop);
  if (!plan) {
    if (client.usable()) (void)client.quit();
    return std::move(plan).error();
  }
  if (!options.only_looks() && !options.adopt) {
    fit_into_free_space(options, maildrop, plan->messages, run.report);
  }
  FetchOrder order(options, maildrop, plan->messages);
  FetchWork work{
      options,          run.identity,       maildrop,   plan->messages,
      run.destinations, run.state.journals, run.report, order,
      run.blame};
  heed_quirks(client, work);
  const auto finish = [&](Result<void> done) -> Result<bool> {
    if (!done) return std::move(done).error();
    if (auto left = leave(work, client); !left) return std::move(left).error();
    return false;
  };
  if (options.only_looks()) return finish(show_plan(work, run.now));
  if (options.adopt) {
    return finish(adopt_messages(maildrop, plan->messages, run.state.journals,
                                 run.report));
  }

  auto learnt = learn_sizes(work, plan->learnt);
  if (!learnt) return std::move(learnt).error();
  auto done = fetch_messages(work, client, run.now);
  if (done) return false;
  const auto goes_on = blame(run, work, client, done.error());
  auto error = lost(run, client, std::move(done).error());
  if (!goes_on) return goes_on.error();
  if (!*goes_on) return error;
  return true;
}

Result<void> run_sessions(FetchRun& run) {
  const auto ended = [&run]() -> Result<void> {
    for (auto& destination : run.destinations) destination->run_ended();
    return {};
  };
  auto again = run_session(run);
  if (!again) return std::move(again).error();
  if (!*again) return ended();
  // What came before the loss is known now; nothing was deleted.
  for (auto& journal : run.state.journals) {
    if (auto read = journal->reload(); !read) return read;
  }
  again = run_session(run);
  if (!again) return std::move(again).error();
  return ended();
}

}  // namespace

Result<void> run_fetch(const FetchOptions& options, const std::string& identity,
                       FetchState& state, FetchServer& server,
                       FetchReport& report, Output& out) {
  std::vector<std::unique_ptr<Destination>> destinations;
  if (!options.only_looks() && !options.adopt) {
    const DestinationContext context{out, identity, options.state_folder,
                                     server.connector(), &report,
                                     options.account, options.end};
    for (const auto& name : options.destinations) {
      auto opened = open_destination(name, context);
      if (!opened) return std::move(opened).error();
      destinations.push_back(*std::move(opened));
    }
  }
  // A prompt may take its time; a connected server would not.
  const auto credentials = server.credentials();
  if (!credentials) return credentials.error();
  FetchRun run{options,
               identity,
               state,
               server,
               report,
               *credentials,
               std::move(destinations),
               std::time(nullptr),
               FetchBlame(options.retry),
               {}};
  auto done = run_sessions(run);
  auto settled = run.blame.settle(state.journals, report);
  return done ? settled : done;
}

}  // namespace mailtool::app
