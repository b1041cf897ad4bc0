#include "client/smtp_transaction.h"

#include <algorithm>
#include <utility>

#include "client/smtp_body.h"
#include "client/smtp_chunks.h"
#include "client/smtp_refusal.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

// Octets of commands sent ahead of their replies. Any socket buffers hold as
// much, so a server that blocks on its replies cannot block us for ever.
constexpr std::size_t kWindow = 16 * 1024;
// The end of a long flight is written apart: where the write before it fails,
// the message has not gone for certain.
constexpr std::size_t kTail = 1024;

// RFC 5321 section 4.5.3.1.8: what a server must be able to buffer.
constexpr std::size_t kRecipientsOfAnyServer = 100;

// The command without its parameters: "RCPT TO:<bob@example.org>".
std::string step_of(const std::string& line) {
  if (line.starts_with("BDAT")) return std::string(kMessageStep);
  const auto end = std::min(line.rfind('>'), line.size() - 3);
  return printable(line.substr(0, end + 1), 400);
}

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

// The commands from `next` up to `end` are under way.
void SmtpTransaction::send_chunks(std::size_t next, std::size_t end) {
  EnvelopeUnderWay envelope;
  envelope.replies = end - next;
  envelope.take = [this, next](const smtp::Reply& reply) mutable {
    const auto& command = commands_[next++];
    if (reply.code == 421) {
      client_.alive_ = false;
      settle_rest(refusal(SmtpStep::data, reply, step_of(command.line)));
      return false;
    }
    take_reply(command, reply);
    return !mail_refused_ && !pointless(commands_.back());
  };
  envelope.last = [this] { return last_here(); };
  no_bdat_ = !SmtpChunks(client_, delivery_, std::move(envelope))
                  .send(*text_.source, text_.body);
  client_.needs_reset_ = !(delivery_.final_reply &&
                           delivery_.final_reply->positive());
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
      return std::move(clear).error().at(step_of(command.line));
    }
    auto talked = take_flight(flight, next);
    if (!talked) return talked;
    next = flight.end;
  }
  return {};
}

Result<void> SmtpTransaction::take_flight(const Flight& flight,
                                          std::size_t next) {
  const auto lost = [&](Error why) -> Result<void> {
    why = std::move(why).at(step_of(commands_[next].line));
    if (!flight.message) return why;
    lost_with_message(std::move(why));
    return {};
  };
  std::string_view octets = flight.octets;
  if (octets.size() > kWindow) {
    const auto head = octets.size() - kTail;
    if (auto written = client_.write_now(octets.substr(0, head)); !written) {
      return std::move(written).error().at(step_of(commands_[next].line));
    }
    octets.remove_prefix(head);
  }
  if (octets.empty()) {
    // Chunks alone: the envelope has been answered.
  } else if (auto written = client_.write_now(octets); !written) {
    return lost(std::move(written).error());
  }
  if (flight.chunks) {
    send_chunks(next, flight.end - 1);
    return {};
  }
  if (flight.message) client_.quit_sent_ = flight.quit;
  // A server may hold its replies back until it has dealt with all that came.
  const auto budget = flight.message ? client_.options_.final_timeout
                                     : client_.options_.timeout;
  for (; next < flight.end; ++next) {
    auto reply = client_.read_reply(budget);
    if (!reply) return lost(std::move(reply).error());
    if (reply->code == 421) {
      client_.alive_ = false;
      if (commands_[next].kind != Kind::message) {
        return refusal(SmtpStep::data, *reply, step_of(commands_[next].line));
      }
    }
    take_reply(commands_[next], *reply);
  }
  return {};
}

// Collects what may go without waiting.
SmtpTransaction::Flight SmtpTransaction::next_flight(std::size_t next) const {
  Flight flight{next};
  do {
    const auto& command = commands_[flight.end++];
    flight.octets += command.line;
    flight.chunks = command.kind == Kind::chunks;
    if (command.kind != Kind::message) continue;
    flight.message = true;
    flight.quit = offers_.pipelining && last_here() == LastMessage::yes;
    flight.octets += *small_;
    if (flight.quit) flight.octets += "QUIT\r\n";
  } while (offers_.pipelining && flight.end < commands_.size() &&
           flight.octets.size() + commands_[flight.end].line.size() <=
               kWindow &&
           !pointless(commands_[flight.end]));
  return flight;
}

// Recipients that were too many follow in another transaction. That there will
// be such is to be expected only beyond what any server takes.
LastMessage SmtpTransaction::last_here() const {
  const bool some_are_left =
      std::any_of(delivery_.recipients.begin(), delivery_.recipients.end(),
                  [](const auto& r) { return r.too_many_recipients; });
  const bool all_answered =
      std::none_of(delivery_.recipients.begin(), delivery_.recipients.end(),
                   [](const auto& r) {
                     return !r.error && r.outcome != Outcome::accepted;
                   });
  const bool some_may_be_left =
      !all_answered && recipients_ > kRecipientsOfAnyServer;
  return some_are_left || some_may_be_left ? LastMessage::no : last_;
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
  mail_refused_ = refusal(SmtpStep::mail, reply, step_of(command.line));
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
  const auto step = step_of(command.line);
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

// Where MAIL or every recipient was refused this is 503, and tells nothing new.
void SmtpTransaction::take_message_reply(const smtp::Reply& reply) {
  no_bdat_ = knows_no_bdat(reply);
  if (no_bdat_) {
    client_.forget_chunking();
    client_.in_doubt_ = true;
  } else if (!mail_refused_ && accepted_count() > 0) {
    verdict_.take(reply);
  }
  // RFC 3030 section 2: after a failure the state is anyone's guess.
  client_.needs_reset_ = !reply.positive();
}

void SmtpTransaction::lost_with_message(Error why) {
  if (mail_refused_) {
    delivery_.connection_lost = client_.broken(std::move(why));
  } else {
    verdict_.unknown(std::move(why));
  }
}

void SmtpTransaction::without_chunking() {
  client_.forget_chunking();
  client_.in_doubt_ = true;
  delivery_.chunking_broken = true;
  if (!client_.takes_more()) {
    return settle_rest({ErrorKind::protocol,
                        "the server offers CHUNKING and does not know BDAT",
                        std::string(kMessageStep)});
  }
  Envelope rest = envelope_;
  rest.recipients.clear();
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < delivery_.recipients.size(); ++i) {
    if (delivery_.recipients[i].outcome != Outcome::accepted) continue;
    rest.recipients.push_back(envelope_.recipients[i]);
    whose.push_back(i);
  }
  const MessageForms forms = [this](smtp::Body most) -> Result<MessageText> {
    if (!small_ || text_.body > most) return forms_(most);
    return MessageText{std::make_unique<StringSource>(*small_), small_->size(),
                       text_.body};
  };
  auto again = SmtpTransaction(client_, rest, forms, last_).run();
  for (std::size_t i = 0; i < whose.size(); ++i) {
    delivery_.recipients[whose[i]] = std::move(again.recipients[i]);
  }
  delivery_.final_reply = std::move(again.final_reply);
  delivery_.connection_lost = std::move(again.connection_lost);
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
