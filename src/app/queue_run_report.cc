#include "app/queue_unit.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::name_of;
using client::Outcome;

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

void QueueRunReport::write_json(const std::string& id,
                                const RecipientResult& result) {
  const auto& reply = result.reply;
  json_.begin_object().field("type", "recipient").field("queue_id", id);
  json_.field("recipient", result.recipient);
  json_.field("outcome", name_of(result.outcome));
  json_.field("code", reply ? std::optional(reply->code) : std::nullopt);
  json_.field("enhanced", reply && reply->enhanced
                              ? std::optional(to_string(*reply->enhanced))
                              : std::nullopt);
  json_.field("server_said",
              reply ? std::optional(printable(reply->text())) : std::nullopt);
  json_.field("host", known(result.host)).field("ip", known(result.ip));
  json_.field("tls", known(result.tls)).field("attempts", result.attempts);
  if (result.error) json_.field("reason", result.error->one_line());
  json_.end_object();
  if (auto line = json_.end_line(); !line && written_) written_ = line;
}

void QueueRunReport::tried(const std::string& id, const QueueState& state,
                           const std::vector<RecipientResult>& results) {
  const std::lock_guard lock(mutex_);
  ++messages_;
  for (const auto& result : results) {
    ++outcomes_[static_cast<std::size_t>(result.outcome)];
    if (result.error) {
      recipients_ = combine(recipients_, exit_status(result.error->kind));
    }
    if (invocation_.json()) {
      write_json(id, result);
      continue;
    }
    std::string line = id + ": " + printable(result.recipient) + ": " +
                       std::string(name_of(result.outcome));
    if (result.error) {
      line += ": " + result.error->one_line();
    } else if (result.reply) {
      line += ": " + printable(smtp::one_line(*result.reply));
    }
    if (invocation_.verbose()) {
      if (auto told = out_.write(line + "\n"); !told && written_) {
        written_ = told;
      }
    }
  }
  // Cron need not hear of what waits; of what failed a report tells, too.
  if (invocation_.json() || invocation_.verbose() || invocation_.quiet()) return;
  for (const auto& recipient : state.recipients) {
    if (recipient.outcome != QueueOutcome::failed) continue;
    for (const auto& result : results) {
      if (result.recipient != recipient.address) continue;
      warn(invocation_.command,
           id + ": " + printable(recipient.address) + ": given up: " +
               recipient.said);
    }
  }
}

void QueueRunReport::failed(const Error& error) {
  const std::lock_guard lock(mutex_);
  queue_ = combine(queue_, exit_status(error.kind));
  report_error(invocation_.command, error);
}

Result<ExitStatus> QueueRunReport::finish(bool named) {
  const auto status = named ? combine(queue_, recipients_) : queue_;
  if (invocation_.json()) {
    json_.begin_object().field("type", "summary");
    json_.field("exit", static_cast<int>(status)).field("messages", messages_);
    for (const auto outcome : {Outcome::accepted, Outcome::refused,
                               Outcome::deferred, Outcome::unknown}) {
      json_.field(name_of(outcome),
                  outcomes_[static_cast<std::size_t>(outcome)]);
    }
    json_.end_object();
    if (auto line = json_.end_line(); !line && written_) written_ = line;
  }
  if (!written_) return written_.error();
  return status;
}

}  // namespace mailtool::app
