// mailtool queue: finds the verb; holds, releases and removes.
#include <algorithm>
#include <set>

#include "app/commands.h"
#include "app/imap_verbs.h"
#include "app/queue_run.h"
#include "app/queue_schedule.h"
#include "app/queue_served_way.h"
#include "app/queue_verbs.h"
#include "app/queue_way.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

struct Change {
  std::string_view verb;
  std::string_view past;
};

constexpr Change kChanges[] = {
    {"hold", "held"}, {"release", "released"}, {"remove", "removed"}};

// Fails with busy, no_input, and as the disk does.
Result<void> change(const store::QueueFolder& folder, const std::string& id,
                    std::string_view verb) {
  auto entry = folder.lock(id);
  if (!entry) {
    // A state whose message is gone: there is nothing that could be sent.
    if (verb == "remove" && entry.error().kind == ErrorKind::bad_input) {
      return folder.set_aside(id);
    }
    return std::move(entry).error();
  }
  if (verb == "remove") return entry->remove();
  const auto text = entry->state();
  if (!text) return text.error();
  auto state = parse_queue_state(*text);
  if (!state) return std::move(state).error();
  const bool hold = verb == "hold";
  if (state->held == hold) return {};
  state->held = hold;
  return entry->set_state(to_toml(*state));
}

Result<void> tell(const Invocation& invocation, const std::string& id,
                  const Change& change, Output& out) {
  if (!invocation.json()) {
    const bool wanted = invocation.dry_run() || invocation.verbose() ||
                        invocation.stdout_is_terminal;
    if (!wanted || invocation.quiet()) return {};
    return out.write((invocation.dry_run() ? "would be " : "") +
                     std::string(change.past) + ": " + id + "\n");
  }
  JsonWriter json(out);
  json.begin_object().field("type", invocation.dry_run() ? "plan" : "changed");
  json.field("id", id).field("action", change.verb).end_object();
  return json.end_line();
}

// The ids that the words name; what names none is told, and costs the status.
Result<std::vector<std::string>> resolve(const Invocation& invocation,
                                         const store::QueueFolder* folder,
                                         const Words& words,
                                         ExitStatus& status) {
  std::vector<std::string> ids;
  if (folder != nullptr) {
    auto found = folder->ids();
    if (!found) return std::move(found).error();
    ids = std::move(*found);
  }
  std::vector<std::string> all;
  for (const auto& word : words) {
    const auto named = ids_named(word, ids);
    if (!named) {
      report_error(invocation.command, named.error());
      status = combine(status, exit_status(named.error().kind));
      continue;
    }
    for (const auto& id : *named) {
      if (std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
    }
  }
  return all;
}

Result<ExitStatus> change_all(const Invocation& invocation, const Words& words,
                              const Change& how, Output& out) {
  auto folder = existing_queue();
  if (!folder) return std::move(folder).error();
  auto status = ExitStatus::ok;
  const auto ids =
      resolve(invocation, *folder ? &**folder : nullptr, words, status);
  if (!ids) return ids.error();
  for (const auto& id : *ids) {
    auto done =
        invocation.dry_run() ? Result<void>() : change(**folder, id, how.verb);
    if (!done) {
      report_error(invocation.command, std::move(done).error().at(id));
      status = combine(status, exit_status(done.error().kind));
      continue;
    }
    if (auto told = tell(invocation, id, how, out); !told) {
      return std::move(told).error();
    }
  }
  return status;
}

bool has_due(const QueueState& state, std::int64_t now) {
  return !state.held &&
         std::any_of(state.recipients.begin(), state.recipients.end(),
                     [&](const auto& it) { return is_due(state, it, now); });
}

// Why messages like this one have no way to go, once each kind.
std::optional<Error> no_way(const Invocation& invocation,
                            const QueueState& state,
                            const Result<ServedWay>& served,
                            std::set<std::string>& told) {
  const auto way = resolve_way(invocation, state, served);
  if (way || state.finished()) return std::nullopt;
  if (told.insert(way_key(state)).second) {
    report_error(invocation.command, way.error());
  }
  return way.error();
}

// run -n: says which messages would be tried.
Result<ExitStatus> plan_run(const Invocation& invocation,
                            const store::QueueFolder& folder,
                            std::vector<std::string> ids, Output& out) {
  const bool named = !ids.empty();
  if (!named) {
    auto all = folder.ids();
    if (!all) return std::move(all).error();
    ids = std::move(*all);
  }
  const auto now = local_now().seconds;
  const auto served = read_served_way(folder);
  auto status = ExitStatus::ok;
  std::set<std::string> told_ways;
  for (const auto& id : ids) {
    const auto entry = read_entry(folder, id, served ? served->since : 0);
    if (!entry) return entry.error();
    if (!*entry || !(*entry)->state) continue;
    const auto& state = *(*entry)->state;
    if (!named && !has_due(state, now)) continue;
    if (named) {
      if (const auto why = no_way(invocation, state, served, told_ways)) {
        status = combine(status, exit_status(why->kind));
        continue;
      }
    }
    if (auto told = tell(invocation, id, {"run", "tried"}, out); !told) {
      return std::move(told).error();
    }
  }
  if (auto wrote = write_summary(invocation, out, status); !wrote) {
    return std::move(wrote).error();
  }
  return status;
}

Result<ExitStatus> run(const Invocation& invocation, const Words& words,
                       Output& out) {
  auto folder = existing_queue();
  if (!folder) return std::move(folder).error();
  auto status = ExitStatus::ok;
  auto ids = resolve(invocation, *folder ? &**folder : nullptr, words, status);
  if (!ids) return std::move(ids).error();
  if (ids->empty() && !words.empty()) return status;
  if (invocation.dry_run()) {
    if (!*folder) return status;
    const auto planned = plan_run(invocation, **folder, std::move(*ids), out);
    return planned ? combine(status, *planned) : planned;
  }
  auto named = invocation;
  named.arguments = std::move(*ids);
  const auto ran = run_queue(named, out);
  if (!ran) return ran.error();
  return combine(status, *ran);
}

}  // namespace

Result<ExitStatus> queue(const Invocation& invocation, Output& out) {
  const auto& arguments = invocation.arguments;
  if (arguments.empty()) return Error{ErrorKind::usage, "no verb"};
  const auto& verb = arguments.front();
  const Words words(arguments.begin() + 1, arguments.end());
  if (verb == "run") return run(invocation, words, out);
  Result<ExitStatus> status = Error{
      ErrorKind::usage, "no such verb: " + printable(arguments.front(), 100)};
  if (verb == "list") return queue_list(invocation, out);
  if (verb == "show" && words.size() == 1) {
    status = queue_show(invocation, words[0], out);
  } else if (verb == "why") {
    status = queue_why(invocation, words, out);
  }
  for (const auto& how : kChanges) {
    if (how.verb == verb) status = change_all(invocation, words, how, out);
  }
  if (!status) return status;
  if (auto wrote = write_summary(invocation, out, *status); !wrote) {
    return std::move(wrote).error();
  }
  return status;
}

}  // namespace mailtool::app
