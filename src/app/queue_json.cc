// A message of the queue as a line of JSON.
#include <algorithm>
#include <ctime>

#include "app/queue_verbs.h"
#include "app/queue_words.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

std::string_view outcome_of(const QueueRecipient& recipient) {
  switch (recipient.outcome) {
    case QueueOutcome::sent: return "accepted";
    case QueueOutcome::failed: return "refused";
    case QueueOutcome::waiting: break;
  }
  return recipient.attempts == 0 ? "queued" : "deferred";
}

std::optional<std::string> known(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

std::optional<std::string> time_or_null(std::int64_t seconds) {
  return seconds == 0 ? std::nullopt : std::optional(local_rfc3339(seconds));
}

void write_recipient(const QueueState& state, const QueueRecipient& recipient,
                     JsonWriter& json) {
  json.begin_object().field("recipient", recipient.address);
  json.field("outcome", outcome_of(recipient));
  json.field("code", recipient.code == 0 ? std::nullopt
                                         : std::optional(recipient.code));
  json.field("enhanced", known(recipient.enhanced));
  json.field("server_said", known(server_words(recipient.said)));
  json.field("reason", known(own_words(recipient.said)));
  json.field("host", known(recipient.host));
  json.field("attempts", recipient.attempts);
  const bool waits = recipient.outcome == QueueOutcome::waiting;
  json.field(
      "next_try",
      waits ? std::optional(local_rfc3339(std::max(
                  {recipient.next_try, state.not_before, state.queued_at})))
            : std::nullopt);
  json.end_object();
}

}  // namespace

std::string local_minute(std::int64_t seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm local{};
  char text[32];
  if (localtime_r(&when, &local) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local) == 0) {
    return "-";
  }
  return text;
}

std::string local_rfc3339(std::int64_t seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm local{};
  if (localtime_r(&when, &local) == nullptr) return "";
  return mime::to_rfc3339(
      {seconds, static_cast<int>(local.tm_gmtoff / 60), true});
}

std::string until_text(std::int64_t when, std::int64_t now) {
  return when <= now ? "now" : "in " + span_text(when - now);
}

Result<void> write_queued(const QueueEntry& entry, Output& out) {
  JsonWriter json(out);
  json.begin_object().field("type", "queued").field("id", entry.id);
  json.field("size", entry.octets);
  if (!entry.state) {
    json.field("damaged", entry.damage).end_object();
    return json.end_line();
  }
  const auto& state = *entry.state;
  json.field("from", state.sender);
  json.key("recipients").begin_array();
  unsigned attempts = 0;
  const QueueRecipient* last = nullptr;  // that was answered
  for (const auto& recipient : state.recipients) {
    write_recipient(state, recipient, json);
    attempts = std::max(attempts, recipient.attempts);
    if (recipient.outcome == QueueOutcome::waiting && !last &&
        !server_words(recipient.said).empty()) {
      last = &recipient;
    }
  }
  json.end_array();
  json.field("queued_at", time_or_null(state.queued_at));
  const auto next = state.next_try();
  json.field(
      "next_try",
      next && !state.held
          ? std::optional(local_rfc3339(std::max(*next, state.queued_at)))
          : std::nullopt);
  json.field("not_before", time_or_null(state.not_before));
  json.field("attempts", attempts).field("held", state.held);
  json.field("server_said",
             last ? known(server_words(last->said)) : std::nullopt);
  json.field("report", state.is_report);
  json.field("subject", known(state.subject));
  json.field("message_id", known(state.message_id));
  json.field("account", known(state.account)).end_object();
  return json.end_line();
}

}  // namespace mailtool::app
