// mailtool queue show and why: one message, for whoever wonders.
#include <array>

#include "app/file_source.h"
#include "app/output.h"
#include "app/queue_schedule.h"
#include "app/queue_verbs.h"
#include "app/queue_words.h"
#include "app/sender_identity.h"
#include "app/terminal_sink.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// The entry that `word` names. Fails with no_input or usage.
Result<QueueEntry> entry_named(const store::QueueFolder& folder,
                               const std::string& word) {
  const auto ids = folder.ids();
  if (!ids) return ids.error();
  const auto named = ids_named(word, *ids);
  if (!named) return named.error();
  if (named->size() != 1) {
    return Error{ErrorKind::usage, "wants one message", printable(word, 60)};
  }
  auto entry = read_entry(folder, named->front(), served_since(folder));
  if (!entry) return std::move(entry).error();
  if (*entry) return **std::move(entry);
  return Error{ErrorKind::no_input, "no such message in the queue",
               named->front()};
}

Result<store::QueueFolder> the_queue() {
  auto folder = existing_queue();
  if (!folder) return std::move(folder).error();
  if (*folder) return **std::move(folder);
  return Error{ErrorKind::no_input, "the queue is empty"};
}

std::int64_t end_of_life(const QueueState& state) {
  return std::max(state.queued_at, state.not_before) +
         (state.lifetime > 0 ? state.lifetime : kLifetime);
}

std::string status_line(const QueueState& state,
                        const QueueRecipient& recipient, std::int64_t now) {
  auto text = printable(recipient.address) + ": ";
  if (recipient.outcome == QueueOutcome::sent) return text + "sent\n";
  if (recipient.outcome == QueueOutcome::failed) {
    return text + "failed; it is not tried again\n";
  }
  if (state.held) {
    return text + "held, until \"mailtool queue release\"\n";
  }
  const auto next = std::max(recipient.next_try, state.not_before);
  if (next <= now) {
    text += "due: sent by the next \"mailtool queue run\"";
  } else {
    text += "next try " + local_minute(next) + ", " + until_text(next, now);
  }
  if (state.not_before > now) text += ", as was asked for";
  return text + "; given up " + local_minute(end_of_life(state)) + "\n";
}

// What the last answer means, where words help.
std::string meaning(const QueueRecipient& recipient) {
  if (recipient.outcome != QueueOutcome::waiting || recipient.attempts == 0) {
    return "";
  }
  if (is_greylisting(recipient.code, recipient.enhanced, recipient.said)) {
    return "  This is greylisting: the server takes mail of senders it does "
           "not know at a later try.\n";
  }
  if (recipient.host.empty()) {
    return "  No server was reached: is the network there, is the name "
           "right?\n";
  }
  return "";
}

std::string attempt_line(const QueueAttempt& attempt) {
  auto text =
      "  " + local_minute(attempt.time) + "  " + printable(attempt.outcome, 40);
  if (!attempt.host.empty()) text += "  " + printable(attempt.host, 255);
  const auto words = server_words(attempt.said);
  const auto said = words.empty() ? own_words(attempt.said) : words;
  if (!said.empty()) text += ": " + printable(said);
  return text + "\n";
}

std::string head_line(const QueueEntry& entry, std::int64_t now) {
  const auto& state = *entry.state;
  return entry.id + ": from " +
         (state.sender.empty() ? "<>" : printable(state.sender)) + ", queued " +
         local_minute(state.queued_at) + ", " +
         span_text(now - state.queued_at) + " ago\n";
}

Result<void> explain(const QueueEntry& entry, Output& out) {
  if (!entry.state) {
    return out.write(entry.id + ": damaged: " + printable(entry.damage) + "\n");
  }
  const auto now = local_now().seconds;
  const auto& state = *entry.state;
  if (auto wrote = out.write(head_line(entry, now)); !wrote) return wrote;
  for (const auto& recipient : state.recipients) {
    auto text = status_line(state, recipient, now);
    std::size_t told = 0;
    for (const auto& attempt : state.attempts) {
      if (attempt.recipient != recipient.address) continue;
      text += attempt_line(attempt);
      ++told;
    }
    if (told == 0 && recipient.attempts == 0) text += "  not tried so far\n";
    if (auto wrote = out.write(text + meaning(recipient)); !wrote) {
      return wrote;
    }
  }
  return {};
}

Result<void> explain_json(const QueueEntry& entry, Output& out) {
  if (auto wrote = write_queued(entry, out); !wrote || !entry.state) {
    return wrote;
  }
  for (const auto& attempt : entry.state->attempts) {
    JsonWriter json(out);
    const auto words = server_words(attempt.said);
    json.begin_object().field("type", "attempt").field("id", entry.id);
    json.field("time", local_rfc3339(attempt.time));
    json.field("recipient", attempt.recipient);
    json.field("outcome", attempt.outcome).field("host", attempt.host);
    json.field("server_said", words);
    json.field("reason", own_words(attempt.said)).end_object();
    if (auto wrote = json.end_line(); !wrote) return wrote;
  }
  return {};
}

Result<void> write_header(Source& message, Sink& to) {
  constexpr std::size_t kMost = 1024 * 1024;
  TerminalSink shown(to);
  std::array<char, 16384> piece;
  std::size_t read = 0;
  // Of the CRLF CRLF that ends the header, octets that were seen.
  std::string_view rest = "\r\n\r\n";
  while (read < kMost) {
    const auto count = message.read_some(piece);
    if (!count) return count.error();
    if (*count == 0) break;
    read += *count;
    for (std::size_t i = 0; i < *count; ++i) {
      if (piece[i] == rest.front()) {
        rest.remove_prefix(1);
      } else {
        rest = piece[i] == '\r' ? "\n\r\n" : "\r\n\r\n";
      }
      if (!rest.empty()) continue;
      // Without the empty line.
      if (auto wrote = shown.write({piece.data(), i + 1}); !wrote) return wrote;
      return shown.finish();
    }
    if (auto wrote = shown.write({piece.data(), *count}); !wrote) return wrote;
  }
  return shown.finish();
}

std::string summary_of(const QueueEntry& entry, const store::QueueFolder& in) {
  const auto now = local_now().seconds;
  const auto& state = *entry.state;
  auto text = head_line(entry, now);
  text += "file: " + printable(in.message_path(entry.id), 4096) + ", " +
          std::to_string(entry.octets) + " octets\n";
  if (!state.account.empty()) {
    text += "account: " + printable(state.account) + "\n";
  }
  for (const auto& recipient : state.recipients) {
    text += "to " + status_line(state, recipient, now);
  }
  return text + "\n";
}

}  // namespace

Result<ExitStatus> queue_show(const Invocation& invocation,
                              const std::string& word, Output& out) {
  auto folder = the_queue();
  if (!folder) return std::move(folder).error();
  const auto entry = entry_named(*folder, word);
  if (!entry) return entry.error();
  Result<void> done;
  if (invocation.json()) {
    done = write_queued(*entry, out);
  } else if (!entry->state) {
    done = explain(*entry, out);
  } else {
    done = out.write(summary_of(*entry, *folder));
    if (!done) return std::move(done).error();
    auto message = FileSource::open(folder->message_path(entry->id));
    if (!message) return std::move(message).error();
    done = write_header(*message, out);
  }
  if (!done) return std::move(done).error();
  return entry->state ? ExitStatus::ok : ExitStatus::data_err;
}

Result<ExitStatus> queue_why(const Invocation& invocation,
                             const std::vector<std::string>& words,
                             Output& out) {
  auto folder = the_queue();
  if (!folder) return std::move(folder).error();
  auto status = ExitStatus::ok;
  for (const auto& word : words) {
    const auto entry = entry_named(*folder, word);
    if (!entry) {
      report_error(invocation.command, entry.error());
      status = combine(status, exit_status(entry.error().kind));
      continue;
    }
    auto done =
        invocation.json() ? explain_json(*entry, out) : explain(*entry, out);
    if (!done) return std::move(done).error();
  }
  return status;
}

}  // namespace mailtool::app
