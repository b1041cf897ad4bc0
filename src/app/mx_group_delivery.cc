#include "app/mx_group_delivery.h"

#include <algorithm>
#include <utility>

#include "app/mx_grouping.h"

namespace mailtool::app {
namespace {

using client::LastMessage;
using client::Outcome;

bool is_temporary(const Error& error) {
  return outcome_of(error) == Outcome::deferred;
}

// The connection went before the server judged anything of this message.
bool unheard(const RecipientResult& result) {
  return result.outcome == Outcome::deferred && result.error &&
         (result.error->kind == ErrorKind::disconnected ||
          result.error->kind == ErrorKind::timed_out);
}

}  // namespace

void MxGroupDelivery::run(const MxGroup& group) {
  all_ = open_ = group.recipients;
  for (const auto& note : group.notes) connector_.note(note);
  if (group.error) {
    for (const auto index : all_) task_.results[index].error = *group.error;
    settle();
    return;
  }
  for (const auto& host : group.hosts) {
    if (open_.empty() || sessions_ == kSessionsPerGroup) break;
    if (!try_host(host)) break;
  }
  settle();
}

bool MxGroupDelivery::try_host(const MxHost& host) {
  if (host.skipped) {
    note_failure(host, *host.skipped);
    return true;
  }
  auto endpoints = host.endpoints;
  while (!endpoints.empty()) {
    auto opened = open(host, endpoints);
    if (opened.interrupted) return false;
    if (!opened.kept) continue;
    bool again = false;
    if (!use(*std::move(opened.kept), opened.fresh, again)) return false;
    if (!again || open_.empty()) return true;
  }
  return true;
}

// Takes addresses out of `endpoints` as they turn out to be of no use.
MxGroupDelivery::Opened MxGroupDelivery::open(
    const MxHost& host, std::vector<net::Endpoint>& endpoints) {
  const auto key = session_key(host);
  if (auto kept = pool_.take(key)) return {std::move(kept), false, false};
  auto started = start_session(connector_, host, endpoints, task_.progress);
  if (started.session) {
    return {MxSessionPool::Kept{key, std::move(started.session),
                                MxSessionPool::Clock::now()},
            true, false};
  }
  const bool interrupted = started.error->kind == ErrorKind::interrupted;
  note_failure(host, *std::move(started.error));
  const auto reached =
      started.reached
          ? std::find(endpoints.begin(), endpoints.end(), *started.reached)
          : endpoints.end();
  // Those before it were tried, or were slower; where none answered, all were.
  endpoints.erase(endpoints.begin(),
                  reached == endpoints.end() ? reached : reached + 1);
  return {std::nullopt, false, interrupted};
}

// False: a signal came, and nothing else is to be tried. `again`: another
// session with this host is due.
bool MxGroupDelivery::use(MxSessionPool::Kept kept, bool fresh, bool& again) {
  if (task_.dry_run) {
    kept.session->plan(task_.results, open_);
    kept.session->quit();
    open_.clear();
    return true;
  }
  const bool left_over = send_all(*kept.session);
  const auto& results = task_.results;
  const bool interrupted =
      std::any_of(open_.begin(), open_.end(), [&](std::size_t index) {
        return results[index].error &&
               results[index].error->kind == ErrorKind::interrupted;
      });
  // A session that ended while it rested says nothing of the host.
  const bool stale =
      !fresh && !kept.session->usable() &&
      std::all_of(open_.begin(), open_.end(),
                  [&](std::size_t index) { return unheard(results[index]); });
  again = left_over || stale;
  if (!again) ++sessions_;
  open_ = still_open();
  pool_.put(std::move(kept));
  return !interrupted;
}

// True where the session ended for having taken as many recipients as the host
// takes at a time: fewer are left, and may come at once.
bool MxGroupDelivery::send_all(SendSession& session) {
  for (std::size_t begin = 0; begin < open_.size();) {
    const auto end = std::min(open_.size(), begin + kRecipientsPerTransaction);
    const Indices chosen(open_.begin() + static_cast<std::ptrdiff_t>(begin),
                         open_.begin() + static_cast<std::ptrdiff_t>(end));
    const auto left_over =
        session.send(task_.message, task_.results, chosen,
                     end == open_.size() ? task_.last : LastMessage::no);
    begin = end;
    if (!left_over.empty()) return true;
    if (!session.usable()) {
      put_off(begin, chosen);
      return false;
    }
  }
  return false;
}

// Those who had no turn, from `begin` on, wait for the next host, for the
// reason that those before them do.
void MxGroupDelivery::put_off(std::size_t begin, const Indices& after) {
  Error lost{ErrorKind::disconnected, "the connection was lost before"};
  for (const auto index : after) {
    if (unheard(task_.results[index])) lost = *task_.results[index].error;
  }
  for (; begin < open_.size(); ++begin) {
    auto& result = task_.results[open_[begin]];
    result.outcome = Outcome::deferred;
    result.error = lost;
    result.reply.reset();
  }
}

// The failure of a host stands until another host does better: what a server
// said to a recipient outlives it, and what may pass outlives what will not.
void MxGroupDelivery::note_failure(const MxHost& host, Error error) {
  if (!error.step.starts_with(host.name)) {
    error.step = host.name + (error.step.empty() ? "" : ": " + error.step);
  }
  for (const auto index : open_) {
    auto& result = task_.results[index];
    if (!host.skipped) ++result.attempts;
    if (result.reply && result.outcome == Outcome::deferred) continue;
    if (result.error && is_temporary(*result.error) && !is_temporary(error)) {
      continue;
    }
    result.error = error;
    result.outcome = Outcome::deferred;
  }
}

// A host has the last word on what it took or refused for good, and on what was
// lost when it had the message already; the rest may be tried elsewhere.
MxGroupDelivery::Indices MxGroupDelivery::still_open() const {
  Indices open;
  for (const auto index : open_) {
    const auto& result = task_.results[index];
    if (!result.planned && result.outcome == Outcome::deferred) {
      open.push_back(index);
    }
  }
  return open;
}

// What no host took in charge is as final as the failure that is left.
void MxGroupDelivery::settle() {
  for (const auto index : all_) {
    auto& result = task_.results[index];
    if (result.error && !result.planned &&
        result.outcome == Outcome::deferred) {
      result.outcome = outcome_of(*result.error);
    }
  }
}

}  // namespace mailtool::app
