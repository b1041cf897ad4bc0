#include "app/send_report.h"

#include <algorithm>

#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::name_of;
using client::Outcome;

std::string_view name_of(const RecipientResult& result) {
  return result.queue_id.empty() ? name_of(result.outcome) : "queued";
}

ExitStatus status_of(const RecipientResult& result) {
  if (result.planned || !result.queue_id.empty() || result.outcome == Outcome::accepted) {
    return ExitStatus::ok;
  }
  if (result.error) return exit_status(result.error->kind);
  return result.outcome == Outcome::refused ? ExitStatus::unavailable
                                            : ExitStatus::temp_fail;
}

// The id under which the server keeps the message: servers tell it in words,
// "queued as 4Xy", "id=1rB-00". Nothing depends on it.
std::optional<std::string> remote_id(const RecipientResult& result) {
  if (result.outcome != Outcome::accepted || !result.reply) return std::nullopt;
  const auto text = result.reply->text();
  for (const std::string_view mark : {"queued as ", "id="}) {
    const auto at = text.find(mark);
    if (at == text.npos) continue;
    const auto begin = at + mark.size();
    return printable(
        text.substr(begin, text.find_first_of(" ;,)>", begin) - begin), 100);
  }
  return std::nullopt;
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::string by_whom(const RecipientResult& result) {
  if (result.host.empty()) return "";
  return " by " + printable(result.host) + " [" + result.ip + "]" +
         (result.tls.empty() ? " in clear text" : " over " + result.tls);
}

std::string plan_line(const RecipientResult& result,
                      const OutgoingMessage& message) {
  return "would send " + std::to_string(message.content->size()) +
         " octets from <" + printable(message.envelope_from) + "> to <" +
         printable(result.recipient) + ">" + by_whom(result) + "\n";
}

std::string text_line(const RecipientResult& result) {
  std::string line = printable(result.recipient) + ": ";
  line += name_of(result);
  line += by_whom(result);
  if (result.reply) line += ": " + printable(smtp::one_line(*result.reply));
  return line + "\n";
}

bool same_cause(const RecipientResult& a, const RecipientResult& b) {
  return a.error && b.error && *a.error == *b.error && a.host == b.host;
}

// One line for each cause; the addresses it struck are named unless the Error
// does it.
void report_failures(const Invocation& invocation, const std::string& source,
                     const std::vector<RecipientResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].error || !results[i].queue_id.empty()) continue;
    Error error = *results[i].error;
    const auto host = printable(results[i].host);
    if (error.one_line().find(host) == std::string::npos) {
      error.step = host + (error.step.empty() ? "" : ": " + error.step);
    }
    std::string addresses = printable(results[i].recipient);
    std::size_t more = 0;
    while (i + 1 < results.size() && same_cause(results[i], results[i + 1])) {
      ++i;
      if (++more < 3) addresses += ", " + printable(results[i].recipient);
    }
    if (more >= 3) addresses += " and " + std::to_string(more - 2) + " more";
    if (error.step.find(printable(results[i].recipient)) == error.step.npos) {
      error.step = addresses + (error.step.empty() ? "" : ": " + error.step);
    }
    if (!source.empty()) error.step = source + ": " + error.step;
    report_error(invocation.command, error);
  }
}

}  // namespace

Outcome outcome_of(const Error& error) {
  if (exit_status(error.kind) == ExitStatus::temp_fail) return Outcome::deferred;
  return Outcome::refused;
}

void note_failure(const Error& error, RecipientResult& result) {
  result.error = error;
  result.outcome = outcome_of(error);
  ++result.attempts;
  auto reply = smtp::ReplyParser().feed_line(error.server_said);
  result.reply = reply ? std::move(*reply) : std::nullopt;
}

Result<void> SendReport::write_json(const OutgoingMessage& message,
                                    const RecipientResult& result) {
  const auto& reply = result.reply;
  json_.begin_object().field("type", result.planned ? "plan" : "recipient");
  json_.field("recipient", result.recipient);
  if (result.planned) {
    json_.field("sender", message.envelope_from);
    json_.field("size", message.content->size());
  } else {
    json_.field("outcome", name_of(result));
    json_.field("code", reply ? std::optional(reply->code) : std::nullopt);
    json_.field("enhanced", reply && reply->enhanced
                                ? std::optional(to_string(*reply->enhanced))
                                : std::nullopt);
    json_.field("server_said",
                reply ? std::optional(printable(reply->text())) : std::nullopt);
  }
  json_.field("host", known(result.host)).field("ip", known(result.ip));
  json_.field("tls", known(result.tls));
  if (!result.planned) {
    json_.field("remote_id", remote_id(result));
    json_.field("attempts", result.attempts);
  }
  if (result.sent_before) json_.field("sent_before", true);
  if (!result.queue_id.empty()) json_.field("queue_id", result.queue_id);
  if (result.error) json_.field("reason", result.error->one_line());
  json_.field("message_id", known(message.message_id));
  if (!message.source.empty()) json_.field("source", message.source);
  json_.end_object();
  return json_.end_line();
}

Result<void> SendReport::add_lines(const OutgoingMessage& message,
                                   const RecipientResult& result) {
  if (invocation_.json()) return write_json(message, result);
  const auto source = message.source.empty() ? "" : message.source + ": ";
  if (result.planned) return out_.write(source + plan_line(result, message));
  if (invocation_.verbose()) return out_.write(source + text_line(result));
  return {};
}

Result<void> SendReport::add(const OutgoingMessage& message,
                             const std::vector<RecipientResult>& results) {
  ++messages_;
  octets_ += message.content->size();
  message_id_ = message.message_id;
  for (const auto& result : results) {
    status_ = combine(status_, status_of(result));
    if (!result.queue_id.empty()) {
      ++queued_;
      queue_id_ = result.queue_id;
    } else if (!result.planned) {
      ++outcomes_[static_cast<std::size_t>(result.outcome)];
    }
    if (auto told = add_lines(message, result); !told) return told;
  }
  if (invocation_.verbose() &&
      std::any_of(results.begin(), results.end(),
                  [](const auto& result) { return result.dsn_ignored; })) {
    warn(invocation_.command,
         "the server offers no DSN: it was asked for no report");
  }
  report_failures(invocation_, message.source, results);
  return {};
}

void SendReport::failed(const Error& error) {
  const auto status = exit_status(error.kind);
  status_ = combine(status_, status);
  ++failed_;
  report_error(invocation_.command, error);
  if (!invocation_.json()) return;
  json_.begin_object().field("type", "failed");
  json_.field("exit", static_cast<int>(status));
  json_.field("reason", error.one_line()).end_object();
  // A failure of stdout is kept, and told at the end.
  static_cast<void>(json_.end_line());
}

Result<ExitStatus> SendReport::finish() {
  if (!invocation_.json()) return status_;
  json_.begin_object().field("type", "summary");
  json_.field("exit", static_cast<int>(status_));
  json_.field("message_id",
              messages_ == 1 ? known(message_id_) : std::nullopt);
  json_.field("size", octets_);
  json_.field("queue_id", messages_ == 1 ? known(queue_id_) : std::nullopt);
  json_.field("messages", messages_);
  for (const auto outcome : {Outcome::accepted, Outcome::refused,
                             Outcome::deferred, Outcome::unknown}) {
    json_.field(name_of(outcome), outcomes_[static_cast<std::size_t>(outcome)]);
  }
  json_.field("queued", queued_).field("failed", failed_).end_object();
  if (auto written = json_.end_line(); !written) {
    return std::move(written).error();
  }
  return status_;
}

}  // namespace mailtool::app
