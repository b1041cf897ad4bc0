#include "mailtool/client/imap_change_plan.h"

#include <utility>

#include "client/imap_change_run.h"

namespace mailtool::client {
namespace {

using When = PlannedCommand::When;

Result<void> add(ChangePlan& plan, const SweepStep& step, std::string_view set,
                 When when, bool waits) {
  imap::CommandBuilder command(step.verb);
  command.text(set);
  step.rest(command);
  auto built = command.build();
  if (!built) return std::move(built).error();
  plan.commands.push_back({*std::move(built), when, waits});
  return {};
}

}  // namespace

Result<ChangePlan> plan_change(ImapClient& client, const ImapChange& what,
                               std::string_view set) {
  ChangeRun run(client, what);
  auto how = run.method();
  if (!how) return std::move(how).error();
  ChangePlan plan;
  plan.method = *how;
  const auto add_first = [&](When when) -> Result<void> {
    bool waits = true;
    for (const auto& step : run.first_steps(*how)) {
      auto added = add(plan, step, set, when, std::exchange(waits, false));
      if (!added) return added;
    }
    return {};
  };
  if (auto added = add_first(When::always); !added) return added.error();
  const bool to = what.kind == ImapChange::Kind::move ||
                  what.kind == ImapChange::Kind::copy;
  if (to && what.create) {
    imap::CommandBuilder create("CREATE");
    auto built = create.mailbox(what.to).build();
    if (!built) return std::move(built).error();
    plan.commands.push_back({*std::move(built), When::missing, true});
    if (auto added = add_first(When::again); !added) return added.error();
  }
  for (const auto& step : ChangeRun::later_steps(*how)) {
    auto added = add(plan, step, set, When::always, true);
    if (!added) return std::move(added).error();
  }
  return plan;
}

bool ChangeRun::is_kept(const ImapClient& client,
                        std::span<const SearchQuestion> questions) {
  const auto& first = questions.front();
  return client.keep_results_ && client.can_save() && questions.size() == 1 &&
         !first.save && !first.count_only && first.sort.empty() &&
         !first.thread;
}

std::vector<SearchQuestion> ChangeRun::questions_sent(
    const ImapClient& client, std::span<const SearchQuestion> questions) {
  if (!is_kept(client, questions)) return {questions.begin(), questions.end()};
  return client.saved_questions(questions.front().key, false);
}

std::vector<SearchQuestion> questions_sent(
    const ImapClient& client, std::span<const SearchQuestion> questions) {
  return ChangeRun::questions_sent(client, questions);
}

}  // namespace mailtool::client
