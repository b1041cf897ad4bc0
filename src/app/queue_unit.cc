#include "app/queue_unit.h"

#include <algorithm>

#include "app/queue_notice.h"
#include "app/queue_outcome.h"
#include "app/queue_schedule.h"
#include "app/queue_served_way.h"
#include "app/sender_identity.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

using client::Outcome;

bool is_gone_or_busy(const Error& error) {
  return error.kind == ErrorKind::busy || error.kind == ErrorKind::no_input;
}

// Nobody was reached: trying with another message would take as long.
bool nobody_was_reached(const std::vector<RecipientResult>& results) {
  return std::all_of(results.begin(), results.end(), [](const auto& result) {
    if (result.outcome != Outcome::deferred || result.reply || !result.error) {
      return false;
    }
    switch (result.error->kind) {
      case ErrorKind::unreachable:
      case ErrorKind::timed_out:
      case ErrorKind::unresolved: return true;
      default: return false;
    }
  });
}

OutgoingMessage message_of(const store::QueueFolder::Entry& entry,
                           const QueueState& state,
                           const std::vector<std::size_t>& chosen) {
  OutgoingMessage message;
  message.content = std::make_unique<MessageContent>(
      [&entry] { return entry.message(); }, entry.octets(), state.body);
  message.needs_smtputf8 = state.smtputf8;
  message.message_id = state.message_id;
  message.subject = state.subject;
  message.envelope_from = state.sender;
  message.dsn = {state.notify, state.ret, state.envelope_id};
  for (const auto index : chosen) {
    message.recipients.push_back(state.recipients[index].address);
  }
  return message;
}

// Room to record who has the message, where not all may be done with it.
Result<void> reserve_record(store::QueueFolder::Entry& entry,
                            const QueueState& state) {
  const auto count = state.recipients.size();
  if (count == 1 && !state.notify.success) return {};
  constexpr std::size_t kMostTexts = QueueState::kAttempts;
  return entry.reserve_state(to_toml(state).size() + count * 512 +
                             std::min(count, kMostTexts) * 4096);
}

// A run that is stopped must not forget who has the message by now.
void keep_what_is_final(std::vector<std::size_t>& tried,
                        std::vector<RecipientResult>& results) {
  std::vector<std::size_t> kept;
  std::vector<RecipientResult> final;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (results[i].outcome != Outcome::accepted) continue;
    kept.push_back(tried[i]);
    final.push_back(std::move(results[i]));
  }
  tried = std::move(kept);
  results = std::move(final);
}

}  // namespace

std::optional<QueueState> read_state_or_set_aside(
    const store::QueueFolder& folder, const std::string& id,
    QueueRunReport& report) {
  auto text = folder.peek(id);
  if (!text && text.error().kind == ErrorKind::no_input) return std::nullopt;
  auto state = text ? parse_queue_state(*text)
                    : Result<QueueState>(std::move(text).error());
  if (state) return std::move(*state);
  auto error = std::move(state).error();
  if (error.kind != ErrorKind::bad_input) {
    report.failed(error);
    return std::nullopt;
  }
  const auto aside = folder.set_aside(id);
  if (!aside) report.failed(aside.error());
  error.step = folder.path() + "/" + id + ".toml";
  error.hint = "the message is set aside, in " + folder.path() + "/damaged";
  report.failed(error);
  return std::nullopt;
}

Result<void> QueueUnit::run(const std::vector<std::string>& ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (caught_signal() != 0) {
      return Error{ErrorKind::interrupted, "stopped by a signal"};
    }
    const auto last = i + 1 == ids.size() ? client::LastMessage::yes
                                          : client::LastMessage::no;
    if (auto sent = send(ids[i], last); !sent) return sent;
  }
  if (route_.route) route_.route->finish();
  return {};
}

Result<void> QueueUnit::send(const std::string& id, client::LastMessage last) {
  auto entry = folder_.lock(id);
  if (!entry) {
    if (entry.error().kind == ErrorKind::busy) met_others_ = true;
    if (entry.error().kind == ErrorKind::bad_input) {
      if (auto aside = folder_.set_aside(id); !aside) {
        report_.failed(aside.error());
      }
    }
    if (!is_gone_or_busy(entry.error()) || named_) report_.failed(entry.error());
    return {};
  }
  // It may have changed since it was looked at without the lock.
  auto state = read_state_or_set_aside(folder_, id, report_);
  if (!state || (state->held && !named_)) return {};
  const auto since = way_ ? way_->since : 0;
  due_by_new_way(*state, since);
  const auto now = local_now().seconds;
  std::vector<std::size_t> chosen;
  std::vector<RecipientResult> results;
  for (std::size_t i = 0; i < state->recipients.size(); ++i) {
    const auto& recipient = state->recipients[i];
    const bool waits = recipient.outcome == QueueOutcome::waiting;
    if (!(named_ ? waits : is_due(*state, recipient, now))) continue;
    chosen.push_back(i);
    results.push_back(
        {.recipient = recipient.address, .orcpt = recipient.orcpt});
  }
  // A run that was killed may have left somebody to be told.
  if (chosen.empty()) return settle(*entry, *state, {}, {});
  if (auto room = reserve_record(*entry, *state); !room) {
    report_.failed(std::move(room).error().at(id));
    return {};
  }
  state->tried_way = std::max(state->tried_way, since);
  const auto message = message_of(*entry, *state, chosen);
  auto done = deliver(message, results, last);
  if (!done) keep_what_is_final(chosen, results);
  auto settled = settle(*entry, *state, chosen, results);
  return done ? settled : done;
}

Result<void> QueueUnit::deliver(const OutgoingMessage& message,
                                std::vector<RecipientResult>& results,
                                client::LastMessage last) {
  if (!way_) dead_ = way_.error();
  if (!route_.route && !dead_) {
    auto made = make_route(*way_);
    if (made) {
      route_ = std::move(*made);
    } else {
      dead_ = std::move(made).error();
    }
  }
  if (!dead_) {
    auto delivered = route_.route->deliver(message, results, last);
    if (!delivered) {
      if (delivered.error().kind == ErrorKind::interrupted) return delivered;
      dead_ = std::move(delivered).error();
    } else if (nobody_was_reached(results)) {
      dead_ = results.front().error;
      return {};
    }
  }
  if (!dead_) return {};
  for (auto& result : results) {
    note_failure(*dead_, result);
    result.outcome = Outcome::deferred;
  }
  return {};
}

// What is recorded first is what must not be forgotten: that a recipient has
// the message, then what the sender is to be told.
Result<void> QueueUnit::settle(store::QueueFolder::Entry& entry,
                               QueueState& state,
                               const std::vector<std::size_t>& tried,
                               const std::vector<RecipientResult>& results) {
  const auto now = local_now().seconds;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    note_attempt(results[i], now, state.recipients[tried[i]], state);
  }
  const auto notices = notices_due(state, now);
  Result<void> recorded;
  if (!notices.empty()) {
    recorded = entry.set_state(to_toml(state));
    if (recorded) {
      const auto host = way_ ? way_->reporting_host() : "";
      recorded = send_notices(folder_, entry, state, notices, host, now);
    }
  }
  if (recorded) {
    recorded = state.finished() ? entry.remove()
                                : entry.set_state(to_toml(state));
  }
  report_.tried(entry.id(), state, results);
  if (!recorded) report_.failed(std::move(recorded).error().at(entry.id()));
  return {};
}

}  // namespace mailtool::app
