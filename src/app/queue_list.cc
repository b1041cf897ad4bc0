// mailtool queue list, and mailq.
#include <algorithm>
#include <ctime>
#include <functional>

#include "app/queue_verbs.h"
#include "app/queue_words.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using Visit = std::function<Result<void>(const QueueEntry&)>;

// One after the other, so that a long queue needs no memory.
Result<std::size_t> each_entry(const Visit& visit) {
  auto folder = existing_queue();
  if (!folder) return std::move(folder).error();
  if (!*folder) return std::size_t{0};
  const auto ids = (*folder)->ids();
  if (!ids) return ids.error();
  const auto since = served_since(**folder);
  std::size_t count = 0;
  for (const auto& id : *ids) {
    const auto entry = read_entry(**folder, id, since);
    if (!entry) return entry.error();
    if (!*entry) continue;
    ++count;
    if (auto done = visit(**entry); !done) return std::move(done).error();
  }
  return count;
}

std::string sender_of(const QueueState& state) {
  return state.sender.empty() ? "<>" : printable(state.sender);
}

std::string size_text(std::uint64_t octets) {
  if (octets < 1024) return std::to_string(octets);
  if (octets < 1024 * 1024) return std::to_string(octets / 1024) + "K";
  return std::to_string(octets / 1024 / 1024) + "M";
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// The first reason among those who still wait; empty: nothing was tried.
std::string reason_of(const QueueState& state) {
  for (const auto& recipient : state.recipients) {
    if (recipient.outcome == QueueOutcome::sent || recipient.said.empty()) {
      continue;
    }
    const auto words = server_words(recipient.said);
    if (words.empty()) return printable(own_words(recipient.said));
    const auto host = recipient.host.empty() ? "" : recipient.host + ": ";
    return printable(host + std::string(words));
  }
  return "";
}

std::string when_text(const QueueState& state, std::int64_t now) {
  if (state.held) return "held";
  const auto next = state.next_try();
  if (!next) return "done";
  return *next <= now ? "due" : local_minute(*next);
}

// For a pipe: a row a message, fields between tabs.
std::string row_of(const QueueEntry& entry) {
  if (!entry.state) {
    return entry.id + "\t-\t" + std::to_string(entry.octets) +
           "\tdamaged\t-\t-\t" + printable(entry.damage) + "\n";
  }
  const auto& state = *entry.state;
  std::string waiting;
  for (const auto& recipient : state.recipients) {
    if (recipient.outcome == QueueOutcome::sent) continue;
    waiting += (waiting.empty() ? "" : ",") + printable(recipient.address);
  }
  const auto next = state.next_try();
  return entry.id + "\t" + local_rfc3339(state.queued_at) + "\t" +
         std::to_string(entry.octets) + "\t" +
         (state.held ? "held"
          : next     ? local_rfc3339(std::max(*next, state.queued_at))
                     : "done") +
         "\t" + sender_of(state) + "\t" + waiting + "\t" + reason_of(state) +
         "\n";
}

// For a terminal: a line for the message, one for each recipient, and why.
std::string block_of(const QueueEntry& entry, std::int64_t now) {
  const auto head = entry.id + "  " + padded(size_text(entry.octets), 5) + "  ";
  if (!entry.state) {
    return head + "damaged: " + printable(entry.damage) + "\n";
  }
  const auto& state = *entry.state;
  auto text = head + local_minute(state.queued_at) +
              "  next try: " + when_text(state, now) + "  from " +
              sender_of(state) + "\n";
  std::size_t sent = 0;
  for (const auto& recipient : state.recipients) {
    if (recipient.outcome == QueueOutcome::sent) {
      ++sent;
      continue;
    }
    text += "    to " + printable(recipient.address);
    if (recipient.outcome == QueueOutcome::failed) text += "  failed";
    if (recipient.attempts > 0) {
      text += "  " + std::to_string(recipient.attempts) +
              (recipient.attempts == 1 ? " attempt" : " attempts");
    }
    text += "\n";
  }
  if (sent > 0) text += "    " + std::to_string(sent) + " sent already\n";
  const auto reason = reason_of(state);
  if (!reason.empty()) text += "      " + reason + "\n";
  return text;
}

// As Postfix prints it: what counts queues by "in N Requests" counts this one.
std::string mailq_block(const QueueEntry& entry) {
  const auto when =
      entry.state ? static_cast<std::time_t>(entry.state->queued_at) : 0;
  std::tm local{};
  char date[32] = "";
  if (localtime_r(&when, &local) != nullptr) {
    (void)std::strftime(date, sizeof date, "%a %b %e %H:%M:%S", &local);
  }
  auto text = entry.id + (entry.state && entry.state->held ? "!" : " ") +
              padded(std::to_string(entry.octets), 8) + " " + date + "  ";
  if (!entry.state)
    return text + "(damaged: " + printable(entry.damage) + ")\n\n";
  text += (entry.state->sender.empty() ? "MAILER-DAEMON"
                                       : printable(entry.state->sender)) +
          "\n";
  const auto reason = reason_of(*entry.state);
  if (!reason.empty()) text += "    (" + reason + ")\n";
  for (const auto& recipient : entry.state->recipients) {
    if (recipient.outcome != QueueOutcome::waiting) continue;
    text += std::string(41, ' ') + printable(recipient.address) + "\n";
  }
  return text + "\n";
}

}  // namespace

Result<ExitStatus> queue_list(const Invocation& invocation, Output& out) {
  const auto now = local_now().seconds;
  const auto count = each_entry([&](const QueueEntry& entry) {
    if (invocation.json()) return write_queued(entry, out);
    return out.write(invocation.stdout_is_terminal ? block_of(entry, now)
                                                   : row_of(entry));
  });
  if (!count) return count.error();
  if (*count == 0 && invocation.stdout_is_terminal && !invocation.json() &&
      !invocation.quiet()) {
    if (auto wrote = out.write("The queue is empty.\n"); !wrote) {
      return std::move(wrote).error();
    }
  }
  if (invocation.json()) {
    JsonWriter json(out);
    json.begin_object().field("type", "summary").field("exit", 0);
    json.field("messages", static_cast<std::uint64_t>(*count)).end_object();
    if (auto wrote = json.end_line(); !wrote) return std::move(wrote).error();
  }
  return ExitStatus::ok;
}

Result<ExitStatus> queue_list_as_mailq(const Invocation& invocation,
                                       Output& out) {
  if (invocation.json()) return queue_list(invocation, out);
  std::uint64_t octets = 0;
  bool begun = false;
  const auto count = each_entry([&](const QueueEntry& entry) -> Result<void> {
    octets += entry.octets;
    std::string head;
    if (!begun) {
      head =
          "-Queue ID-           --Size-- ---Arrival Time---  "
          "-Sender/Recipient------\n";
    }
    begun = true;
    return out.write(head + mailq_block(entry));
  });
  if (!count) return count.error();
  auto wrote = *count == 0
                   ? out.write("Mail queue is empty\n")
                   : out.write("-- " + std::to_string((octets + 1023) / 1024) +
                               " Kbytes in " + std::to_string(*count) +
                               " Request" + (*count == 1 ? "" : "s") + ".\n");
  if (!wrote) return std::move(wrote).error();
  return ExitStatus::ok;
}

}  // namespace mailtool::app
