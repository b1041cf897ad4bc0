#include "client/smtp_transaction.h"

#include <algorithm>
#include <utility>

#include "client/smtp_body.h"
#include "client/smtp_refusal.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

bool asks_dsn(const EnvelopeRecipient& recipient) {
  return recipient.notify != smtp::DsnNotify{} || !recipient.orcpt.empty();
}

bool asks_dsn(const Envelope& envelope) {
  return envelope.dsn_return != smtp::DsnReturn::unspecified ||
         !envelope.envelope_id.empty() ||
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const auto& r) { return asks_dsn(r); });
}

}  // namespace

SmtpTransaction::SmtpTransaction(SmtpClient& client, const Envelope& envelope,
                                 const MessageForms& forms, LastMessage last)
    : client_(client),
      offers_(client.capabilities()),
      envelope_(envelope),
      forms_(forms),
      last_(last),
      verdict_(client, delivery_) {
  for (const auto& recipient : envelope.recipients) {
    delivery_.recipients.push_back({recipient.address, Outcome::deferred});
  }
  delivery_.dsn_ignored = asks_dsn(envelope) && !offers_.dsn;
}

Delivery SmtpTransaction::run() {
  if (auto ready = prepare(); !ready) {
    settle_rest(ready.error());
    return finish();
  }
  if (commands_.empty()) return finish();
  if (auto talked = converse(); !talked) {
    settle_rest(talked.error());
    return finish();
  }
  if (go_ahead_ && (mail_refused_ || accepted_count() == 0)) {
    // RFC 2920 section 3.1: 354 though nobody is left; send only the dot.
    if (auto ended = end_empty(); !ended) {
      settle_rest(mail_refused_ ? *mail_refused_ : ended.error());
    }
  }
  if (mail_refused_ || data_refused_) {
    settle_rest(mail_refused_ ? *mail_refused_ : *data_refused_);
    return finish();
  }
  if (go_ahead_ && accepted_count() > 0) {
    SmtpBody(client_, delivery_).send(*text_.source, last_here());
    client_.needs_reset_ = false;
  }
  if (no_bdat_ && accepted_count() > 0) without_chunking();
  return finish();
}

Result<void> SmtpTransaction::converse() {
  std::size_t next = 0;
  while (next < commands_.size() && !mail_refused_) {
    const auto& command = commands_[next];
    if (pointless(command)) {
      if (command.kind == Kind::recipient) {
        settle_too_many(delivery_.recipients[command.recipient], *too_many_);
      }
      ++next;
      continue;
    }
    const auto flight = next_flight(next);
    // Before anything is written there is nothing to be in doubt about.
    if (auto clear = client_.clear_to_send(); !clear) {
      return std::move(clear).error().at(step_of(command));
    }
    auto talked = take_flight(flight, next);
    if (!talked) return talked;
    next = flight.end;
  }
  return {};
}

// The command without its parameters: "RCPT TO:<bob@example.org>".
std::string SmtpTransaction::step_of(const Pending& command) {
  if (command.kind == Kind::message || command.kind == Kind::chunks) {
    return std::string(kMessageStep);
  }
  const auto& line = command.line;
  const auto end = std::min(line.rfind('>'), line.size() - 3);
  return printable(line.substr(0, end + 1), 400);
}

// In view of what has been answered so far.
bool SmtpTransaction::pointless(const Pending& command) const {
  if (command.kind == Kind::recipient) return too_many_.has_value();
  if (command.kind == Kind::reset || command.kind == Kind::mail) return false;
  return std::none_of(
      delivery_.recipients.begin(), delivery_.recipients.end(),
      [](const auto& r) { return r.outcome == Outcome::accepted || !r.error; });
}

void SmtpTransaction::take_reply(const Pending& command,
                                 const smtp::Reply& reply) {
  switch (command.kind) {
    case Kind::reset:
      // One that cannot even reset will refuse MAIL, and say why.
      client_.needs_reset_ = false;
      return;
    case Kind::mail: return take_mail_reply(command, reply);
    case Kind::recipient:
      if (mail_accepted_) take_recipient_reply(command, reply);
      return;
    case Kind::data: return take_data_reply(reply);
    case Kind::message: return take_message_reply(reply);
    case Kind::chunks: return;  // SmtpChunks takes them
  }
}

void SmtpTransaction::take_mail_reply(const Pending& command,
                                      const smtp::Reply& reply) {
  ++client_.messages_;
  mail_accepted_ = reply.positive();
  if (mail_accepted_) {
    client_.needs_reset_ = true;  // until the message has gone
    return;
  }
  mail_refused_ = refusal(SmtpStep::mail, reply, step_of(command));
  for (auto& report : delivery_.recipients) {
    if (!report.error) report.reply = reply;
  }
}

void SmtpTransaction::take_recipient_reply(const Pending& command,
                                           const smtp::Reply& reply) {
  auto& report = delivery_.recipients[command.recipient];
  report.reply = reply;
  if (reply.positive()) {
    report.outcome = Outcome::accepted;  // until the message is answered
    return;
  }
  const auto step = step_of(command);
  if (too_many_recipients(reply, accepted_count() > 0)) {
    settle_too_many(report, Error{ErrorKind::deferred,
                                  "too many recipients for one message", step,
                                  printable(smtp::one_line(reply))});
    return;
  }
  settle(report, refusal(SmtpStep::recipient, reply, step));
}

void SmtpTransaction::take_data_reply(const smtp::Reply& reply) {
  go_ahead_ = reply.intermediate();
  if (go_ahead_ || mail_refused_ || accepted_count() == 0) return;
  data_refused_ = refusal(SmtpStep::data, reply, "DATA");
  for (auto& report : delivery_.recipients) {
    if (report.outcome == Outcome::accepted) report.reply = reply;
  }
}

Result<void> SmtpTransaction::end_empty() {
  if (client_.options_.lmtp) {
    // RFC 2033 section 4.2 forbids this 354, and no reply would follow.
    return client_.broken({ErrorKind::protocol,
                           "the server wants a message for no recipient",
                           "DATA"});
  }
  if (auto sent = client_.write(".\r\n"); !sent) return sent;
  auto reply = client_.read_reply(client_.options_.timeout);
  if (!reply) return std::move(reply).error();
  if (reply->code == 421) client_.alive_ = false;
  return {};
}

Delivery SmtpTransaction::finish() {
  if (!client_.alive_ && !delivery_.connection_lost) {
    Error why{ErrorKind::disconnected, "the connection is closed"};
    for (const auto& report : delivery_.recipients) {
      if (report.error) why = *report.error;
    }
    delivery_.connection_lost = std::move(why);
  }
  return std::move(delivery_);
}

void SmtpTransaction::settle(RecipientReport& report, const Error& why) {
  report.outcome = outcome_of(why.kind);
  report.error = why;
}

// Those not yet sent would hear the same, and are not sent.
void SmtpTransaction::settle_too_many(RecipientReport& report, Error why) {
  report.too_many_recipients = true;
  settle(report, why);
  if (!why.server_said.empty()) too_many_ = std::move(why);
}

void SmtpTransaction::settle_rest(const Error& why) {
  for (auto& report : delivery_.recipients) {
    if (!report.error) settle(report, why);
  }
}

std::size_t SmtpTransaction::accepted_count() const {
  return static_cast<std::size_t>(std::count_if(
      delivery_.recipients.begin(), delivery_.recipients.end(),
      [](const auto& r) { return r.outcome == Outcome::accepted; }));
}

}  // namespace mailtool::client
