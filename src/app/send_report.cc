#include "app/send_report.h"

#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::Outcome;

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return "accepted";
    case Outcome::refused: return "refused";
    case Outcome::deferred: return "deferred";
    case Outcome::unknown: return "unknown";
  }
  return "unknown";
}

ExitStatus status_of(const RecipientResult& result) {
  if (result.planned || result.outcome == Outcome::accepted) {
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

Result<void> write_json_plan(const RecipientResult& result,
                             const OutgoingMessage& message, JsonWriter& json) {
  json.begin_object().field("type", "plan");
  json.field("recipient", result.recipient);
  json.field("sender", message.envelope_from);
  json.field("size", message.content->size());
  json.field("host", known(result.host)).field("ip", known(result.ip));
  json.field("tls", known(result.tls)).end_object();
  return json.end_line();
}

Result<void> write_json(const RecipientResult& result, JsonWriter& json) {
  const auto& reply = result.reply;
  json.begin_object().field("type", "recipient");
  json.field("recipient", result.recipient);
  json.field("outcome", name_of(result.outcome));
  json.field("code", reply ? std::optional(reply->code) : std::nullopt);
  json.field("enhanced", reply && reply->enhanced
                             ? std::optional(to_string(*reply->enhanced))
                             : std::nullopt);
  json.field("server_said",
             reply ? std::optional(printable(reply->text())) : std::nullopt);
  json.field("host", known(result.host)).field("ip", known(result.ip));
  json.field("tls", known(result.tls));
  json.field("remote_id", remote_id(result));
  json.field("attempts", result.attempts);
  if (result.error) json.field("reason", result.error->one_line());
  json.end_object();
  return json.end_line();
}

Result<void> write_json_summary(const OutgoingMessage& message,
                                ExitStatus status, JsonWriter& json) {
  json.begin_object().field("type", "summary");
  json.field("exit", static_cast<int>(status));
  json.field("message_id", known(message.message_id));
  json.field("size", message.content->size());
  json.null_field("queue_id").end_object();
  return json.end_line();
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
  line += name_of(result.outcome);
  line += by_whom(result);
  if (result.reply) line += ": " + printable(smtp::one_line(*result.reply));
  return line + "\n";
}

bool same_cause(const RecipientResult& a, const RecipientResult& b) {
  return a.error && b.error && *a.error == *b.error;
}

// One line for each cause; the addresses it struck are named unless the Error
// does it.
void report_failures(const Invocation& invocation,
                     const std::vector<RecipientResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].error) continue;
    Error error = *results[i].error;
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
    report_error(invocation.command, error);
  }
}

}  // namespace

Outcome outcome_of(const Error& error) {
  if (exit_status(error.kind) == ExitStatus::temp_fail) return Outcome::deferred;
  return Outcome::refused;
}

Result<ExitStatus> report(const Invocation& invocation,
                          const OutgoingMessage& message,
                          const std::vector<RecipientResult>& results,
                          Output& out) {
  auto status = ExitStatus::ok;
  for (const auto& result : results) {
    status = combine(status, status_of(result));
  }
  JsonWriter json(out);
  for (const auto& result : results) {
    Result<void> written;
    if (invocation.json()) {
      written = result.planned ? write_json_plan(result, message, json)
                               : write_json(result, json);
    } else if (result.planned) {
      written = out.write(plan_line(result, message));
    } else if (invocation.verbose()) {
      written = out.write(text_line(result));
    }
    if (!written) return std::move(written).error();
  }
  if (invocation.json()) {
    auto written = write_json_summary(message, status, json);
    if (!written) return std::move(written).error();
  }
  report_failures(invocation, results);
  return status;
}

}  // namespace mailtool::app
