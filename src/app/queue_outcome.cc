#include "app/queue_outcome.h"

#include <algorithm>

#include "app/queue_schedule.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::Outcome;

constexpr std::size_t kSaidOctets = 500;

bool is_final(const RecipientResult& result) {
  if (result.outcome != Outcome::refused || !result.error) return false;
  switch (result.error->kind) {
    case ErrorKind::no_recipient:
    case ErrorKind::content_refused:
    case ErrorKind::rejected:
    case ErrorKind::bad_input:
    case ErrorKind::no_host: return true;
    default: return false;
  }
}

std::string words_of(const RecipientResult& result) {
  const auto text = result.error ? result.error->one_line()
                    : result.reply ? smtp::one_line(*result.reply)
                                   : std::string();
  return printable(text, kSaidOctets);
}

std::string_view name_of(const RecipientResult& result) {
  if (result.outcome == Outcome::accepted) return "accepted";
  if (result.outcome == Outcome::unknown) return "unknown";
  return is_final(result) ? "refused" : "deferred";
}

}  // namespace

void note_attempt(const RecipientResult& result, std::int64_t now,
                  QueueRecipient& recipient, QueueState& state) {
  ++recipient.attempts;
  recipient.said = words_of(result);
  recipient.host = printable(result.host, kSaidOctets);
  recipient.code = result.reply ? result.reply->code : 0;
  recipient.enhanced = result.reply && result.reply->enhanced
                           ? to_string(*result.reply->enhanced)
                           : "";
  recipient.next_try = 0;
  if (result.outcome == Outcome::accepted) {
    recipient.outcome = QueueOutcome::sent;
    recipient.relayed = result.dsn_ignored;
  } else if (is_final(result)) {
    recipient.outcome = QueueOutcome::failed;
  } else if (const auto next = next_try(state, recipient, now)) {
    recipient.next_try = *next;
  } else {
    recipient.outcome = QueueOutcome::failed;
  }
  state.attempts.push_back({now, recipient.address, std::string(name_of(result)),
                            recipient.host, recipient.said});
  if (state.attempts.size() > QueueState::kAttempts) {
    state.attempts.erase(state.attempts.begin());
  }
}

}  // namespace mailtool::app
