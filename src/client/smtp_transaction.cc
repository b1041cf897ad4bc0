#include "client/smtp_transaction.h"

#include <algorithm>
#include <utility>

#include "client/smtp_body.h"
#include "client/smtp_refusal.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

// Octets of commands sent ahead of their replies. Any socket buffers hold as
// much, so a server that blocks on its replies cannot block us for ever.
constexpr std::size_t kWindow = 16 * 1024;

// The command without its parameters: "RCPT TO:<bob@example.org>".
std::string step_of(const std::string& line) {
  const auto end = std::min(line.rfind('>'), line.size() - 3);
  return printable(line.substr(0, end + 1), 400);
}

Error content_refused(std::string what, std::string hint = {}) {
  return Error{ErrorKind::content_refused, std::move(what), {}, {},
               std::move(hint)};
}

// The most that a message may need of this server.
smtp::Body richest_form(const smtp::Capabilities& offers) {
  if (offers.eight_bit_mime) return smtp::Body::eight_bit_mime;
  return smtp::Body::seven_bit;
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
      last_(last) {
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
    SmtpBody(client_, delivery_).send(*text_.source, last_);
    client_.needs_reset_ = false;
  }
  return finish();
}

// Asks for the message in the richest form that this server takes; what none
// of its forms can give is said before anything is sent.
Result<void> SmtpTransaction::choose_form() {
  const auto most = richest_form(offers_);
  auto text = forms_(most);
  if (!text) return std::move(text).error();
  text_ = *std::move(text);
  if (text_.body > most) {
    return content_refused(
        text_.body == smtp::Body::binary_mime
            ? "the message is binary, and the server does not offer BINARYMIME"
            : "the message has octets above 127, and the server does not "
              "offer 8BITMIME");
  }
  if (offers_.max_size && text_.octets > *offers_.max_size) {
    return content_refused(
        "the message of " + std::to_string(text_.octets) + " octets is " +
        std::to_string(text_.octets - *offers_.max_size) +
        " octets larger than the " + std::to_string(*offers_.max_size) +
        " that the server takes");
  }
  return {};
}

Result<void> SmtpTransaction::check_utf8() const {
  const bool utf8 = envelope_.utf8_headers || !is_ascii(envelope_.sender);
  if (utf8 && !offers_.smtputf8) {
    return content_refused(
        "the message needs SMTPUTF8, which the server does not offer");
  }
  return {};
}

Result<void> SmtpTransaction::prepare() {
  if (auto clear = client_.clear_to_send(); !clear) return clear;
  if (auto fits = check_utf8(); !fits) return fits;
  if (auto chosen = choose_form(); !chosen) return chosen;
  auto mail = mail_line();
  if (!mail) return std::move(mail).error();

  if (client_.needs_reset_) commands_.push_back({Kind::reset, 0, "RSET\r\n"});
  commands_.push_back({Kind::mail, 0, *std::move(mail)});
  const auto before = commands_.size();
  for (std::size_t i = 0; i < envelope_.recipients.size(); ++i) {
    add_recipient(i);
  }
  if (commands_.size() == before) {
    commands_.clear();  // nobody to send to
    return {};
  }
  commands_.push_back({Kind::data, 0, "DATA\r\n"});
  return {};
}

Result<std::string> SmtpTransaction::mail_line() const {
  smtp::Mail mail;
  mail.reverse_path = envelope_.sender;
  if (offers_.size && text_.octets > 0) mail.size = text_.octets;
  const bool utf8_address = std::any_of(
      envelope_.recipients.begin(), envelope_.recipients.end(),
      [](const auto& r) { return !is_ascii(r.address); });
  mail.smtputf8 = offers_.smtputf8 &&
                  (envelope_.utf8_headers || !is_ascii(envelope_.sender) ||
                   utf8_address);
  if (text_.body > smtp::Body::seven_bit) mail.body = text_.body;
  if (offers_.dsn) {
    mail.ret = envelope_.dsn_return;
    mail.envid = envelope_.envelope_id;
  }
  return smtp::to_wire(mail);
}

// One address that cannot be written does not stop the others.
void SmtpTransaction::add_recipient(std::size_t index) {
  const auto& recipient = envelope_.recipients[index];
  auto& report = delivery_.recipients[index];
  if (!is_ascii(recipient.address) && !offers_.smtputf8) {
    settle(report, content_refused("the address " +
                                   printable(recipient.address, 320) +
                                   " needs SMTPUTF8, which the server does not "
                                   "offer"));
    return;
  }
  const auto already = std::count_if(
      commands_.begin(), commands_.end(),
      [](const auto& c) { return c.kind == Kind::recipient; });
  if (offers_.max_recipients &&
      static_cast<std::uint64_t>(already) >= *offers_.max_recipients) {
    settle_too_many(report,
                    {ErrorKind::deferred,
                     "the server takes no more than " +
                         std::to_string(*offers_.max_recipients) +
                         " recipients a message"});
    return;
  }
  smtp::Rcpt rcpt;
  rcpt.forward_path = recipient.address;
  if (offers_.dsn) {
    rcpt.notify = recipient.notify;
    rcpt.orcpt = recipient.orcpt;
  }
  auto line = smtp::to_wire(rcpt);
  if (!line) {
    settle(report, line.error());
    return;
  }
  commands_.push_back({Kind::recipient, index, *std::move(line)});
}

Result<void> SmtpTransaction::converse() {
  std::size_t next = 0;
  while (next < commands_.size() && !mail_refused_) {
    if (pointless(commands_[next])) {
      if (commands_[next].kind == Kind::recipient) {
        settle_too_many(delivery_.recipients[commands_[next].recipient],
                        *too_many_);
      }
      ++next;
      continue;
    }
    std::string octets;
    const auto end = write_flight(next, octets);
    if (auto written = client_.write(octets); !written) {
      return std::move(written).error().at(step_of(commands_[next].line));
    }
    for (; next < end; ++next) {
      auto reply = client_.read_reply(client_.options_.timeout);
      if (!reply) {
        return std::move(reply).error().at(step_of(commands_[next].line));
      }
      if (reply->code == 421) {
        client_.alive_ = false;
        return refusal(SmtpStep::data, *reply, step_of(commands_[next].line));
      }
      take_reply(commands_[next], *reply);
    }
  }
  return {};
}

// Collects what may go without waiting; returns the first that does not.
std::size_t SmtpTransaction::write_flight(std::size_t next,
                                          std::string& octets) const {
  do {
    octets += commands_[next++].line;
  } while (offers_.pipelining && next < commands_.size() &&
           octets.size() + commands_[next].line.size() <= kWindow &&
           !pointless(commands_[next]));
  return next;
}

// In view of what has been answered so far.
bool SmtpTransaction::pointless(const Pending& command) const {
  if (command.kind == Kind::recipient) return too_many_.has_value();
  if (command.kind != Kind::data) return false;
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
    case Kind::mail:
      mail_accepted_ = reply.positive();
      if (mail_accepted_) {
        client_.needs_reset_ = true;  // until the message has gone
      } else {
        mail_refused_ =
            refusal(SmtpStep::mail, reply, step_of(command.line));
        for (auto& report : delivery_.recipients) {
          if (!report.error) report.reply = reply;
        }
      }
      return;
    case Kind::recipient:
      if (mail_accepted_) take_recipient_reply(command, reply);
      return;
    case Kind::data:
      go_ahead_ = reply.intermediate();
      if (go_ahead_ || mail_refused_ || accepted_count() == 0) return;
      data_refused_ = refusal(SmtpStep::data, reply, "DATA");
      for (auto& report : delivery_.recipients) {
        if (report.outcome == Outcome::accepted) report.reply = reply;
      }
      return;
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
