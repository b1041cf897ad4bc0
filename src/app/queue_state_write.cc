// A QueueState as TOML: https://toml.io/en/v1.0.0
#include <array>
#include <cstdio>

#include "app/queue_state.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

// basic-string = quotation-mark *basic-char quotation-mark
// escape-seq-char =/ %x55 8HEXDIG
//
// What could act on a terminal is escaped, and comes back as it was. Octets
// that are not UTF-8, which TOML cannot hold, become \xHH.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto point = next_code_point(text);
    const auto octets = text.substr(0, point.octets);
    text.remove_prefix(point.octets);
    if (octets == "\"" || octets == "\\") {
      out.append("\\").append(octets);
      continue;
    }
    const auto shown = printable(octets);
    if (!point.valid) {
      out += "\\" + shown;
    } else if (shown == octets) {
      out += octets;
    } else {
      std::array<char, 11> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\U%08X",
                    static_cast<unsigned>(point.value));
      out += escaped.data();
    }
  }
  return out + '"';
}

std::string_view name_of(QueueOutcome outcome) {
  switch (outcome) {
    case QueueOutcome::waiting: return "waiting";
    case QueueOutcome::sent: return "sent";
    case QueueOutcome::failed: return "failed";
  }
  return "waiting";
}

std::string_view name_of(smtp::Body body) {
  switch (body) {
    case smtp::Body::binary_mime: return "binary";
    case smtp::Body::eight_bit_mime: return "8bit";
    default: return "7bit";
  }
}

std::string notify_text(const smtp::DsnNotify& notify) {
  std::string text;
  const auto add = [&](bool asked, std::string_view word) {
    if (asked) text += (text.empty() ? "" : ",") + std::string(word);
  };
  add(notify.never, "never");
  add(notify.success, "success");
  add(notify.failure, "failure");
  add(notify.delay, "delay");
  return text;
}

class TomlWriter {
 public:
  void text(std::string_view key, std::string_view value) {
    if (!value.empty()) line(key, in_quotes(value));
  }
  void number(std::string_view key, std::int64_t value) {
    if (value != 0) line(key, std::to_string(value));
  }
  void flag(std::string_view key, bool value) {
    if (value) line(key, "true");
  }
  void line(std::string_view key, std::string_view value) {
    out_.append(key).append(" = ").append(value) += '\n';
  }
  void table(std::string_view name) {
    out_.append("\n[[").append(name).append("]]\n");
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write(const QueueRecipient& recipient, TomlWriter& toml) {
  toml.table("recipient");
  toml.text("address", recipient.address);
  toml.text("orcpt", recipient.orcpt);
  toml.text("outcome", name_of(recipient.outcome));
  toml.number("next-try", recipient.next_try);
  toml.number("attempts", recipient.attempts);
  toml.flag("reported", recipient.reported);
  toml.flag("relayed", recipient.relayed);
  toml.flag("delay-told", recipient.delay_told);
  toml.number("code", recipient.code);
  toml.text("enhanced", recipient.enhanced);
  toml.text("said", recipient.said);
  toml.text("host", recipient.host);
}

void write(const QueueAttempt& attempt, TomlWriter& toml) {
  toml.table("attempt");
  toml.number("time", attempt.time);
  toml.text("recipient", attempt.recipient);
  toml.text("outcome", attempt.outcome);
  toml.text("host", attempt.host);
  toml.text("said", attempt.said);
}

void write(const std::vector<std::pair<std::string, std::string>>& options,
           TomlWriter& toml) {
  for (const auto& [name, value] : options) {
    toml.table("option");
    toml.text("name", name);
    toml.line("value", in_quotes(value));
  }
}

}  // namespace

std::string to_toml(const ServedWay& way) {
  TomlWriter toml;
  toml.line("mailtool-way", "1");
  toml.number("since", way.since);
  write(way.options, toml);
  for (const auto& one : way.own) {
    toml.table("own");
    toml.text("domain", one.domain);
    toml.text("server", one.server.to_string());
  }
  return toml.take();
}

std::string to_toml(const QueueState& state) {
  TomlWriter toml;
  toml.line("mailtool-queue", "1");
  toml.number("queued-at", state.queued_at);
  toml.number("not-before", state.not_before);
  toml.number("lifetime", state.lifetime);
  toml.flag("held", state.held);
  toml.flag("report", state.is_report);
  toml.number("reports", state.reports);
  toml.line("sender", in_quotes(state.sender));
  toml.text("message-id", state.message_id);
  toml.text("subject", state.subject);
  toml.text("body", name_of(state.body));
  toml.flag("smtputf8", state.smtputf8);
  toml.text("dsn", notify_text(state.notify));
  if (state.ret != smtp::DsnReturn::unspecified) {
    toml.text("dsn-return",
              state.ret == smtp::DsnReturn::full ? "full" : "headers");
  }
  toml.text("envid", state.envelope_id);
  toml.text("config", state.config);
  toml.text("account", state.account);
  toml.flag("served", state.served);
  toml.number("tried-way", state.tried_way);
  write(state.options, toml);
  for (const auto& recipient : state.recipients) write(recipient, toml);
  const auto& all = state.attempts;
  const auto skipped = all.size() > QueueState::kAttempts
                           ? all.size() - QueueState::kAttempts
                           : 0;
  for (auto i = skipped; i < all.size(); ++i) write(all[i], toml);
  return toml.take();
}

}  // namespace mailtool::app
