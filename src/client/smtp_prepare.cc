// What one transaction will say: the form of the message, MAIL, RCPT.
#include <algorithm>
#include <utility>

#include "client/smtp_transaction.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool::client {
namespace {

// A message of no more octets goes along with the envelope by BDAT. It is
// wasted where every recipient is refused; and since it brings one reply more,
// however long it is, it cannot block a server on its replies.
constexpr std::size_t kMaxInFlight = 64 * 1024;

Error content_refused(std::string what) {
  return Error{ErrorKind::content_refused, std::move(what)};
}

// The most that a message may need of this server. Without CHUNKING there is no
// way to send a binary one (RFC 3030 section 3).
smtp::Body richest_form(const smtp::Capabilities& offers) {
  if (offers.chunking && offers.binary_mime) return smtp::Body::binary_mime;
  if (offers.eight_bit_mime) return smtp::Body::eight_bit_mime;
  return smtp::Body::seven_bit;
}

std::string domain_of(const std::string& address) {
  const auto at = address.rfind('@');
  return at == address.npos ? "" : lower(address.substr(at + 1));
}

}  // namespace

Result<void> SmtpTransaction::prepare() {
  if (auto clear = in_step(); !clear) return clear;
  if (auto fits = check_utf8(); !fits) return fits;
  if (auto chosen = choose_form(); !chosen) return chosen;
  auto mail = mail_line();
  if (!mail) return std::move(mail).error();

  if (client_.needs_reset_) commands_.push_back({Kind::reset, 0, "RSET\r\n"});
  commands_.push_back({Kind::mail, 0, *std::move(mail)});
  for (std::size_t i = 0; i < envelope_.recipients.size(); ++i) {
    add_recipient(i);
  }
  if (recipients_ == 0) {
    commands_.clear();  // nobody to send to
    return {};
  }
  add_message_command();
  return {};
}

// Nothing is left unread, and the server takes another message.
Result<void> SmtpTransaction::in_step() {
  if (auto clear = client_.clear_to_send(); !clear) return clear;
  if (!client_.takes_more()) {
    return Error{ErrorKind::deferred,
                 "the server takes no more than " +
                     std::to_string(*offers_.max_messages) +
                     " messages over one connection"};
  }
  if (!std::exchange(client_.in_doubt_, false)) return {};
  // A server that does not know BDAT takes what follows for commands, and the
  // first line of a message is none.
  if (auto reset = client_.reset(); !reset) {
    return client_.broken(
        {ErrorKind::protocol,
         "the server offers CHUNKING and takes the message for commands",
         "RSET", reset.error().server_said});
  }
  return {};
}

// A message that is sent with SMTPUTF8 can only be passed on to servers that
// offer it (RFC 6531 section 3.1), so recipients who need it for their address
// alone do not take the others along.
Result<void> SmtpTransaction::check_utf8() {
  const bool utf8 = envelope_.utf8_headers || !is_ascii(envelope_.sender);
  const auto ascii = std::count_if(
      envelope_.recipients.begin(), envelope_.recipients.end(),
      [](const auto& r) { return is_ascii(r.address); });
  smtputf8_ = offers_.smtputf8 && (utf8 || ascii == 0);
  if (utf8 && !offers_.smtputf8) {
    return content_refused(
        envelope_.utf8_headers
            ? "the message needs SMTPUTF8, which the server does not offer"
            : "the sender " + printable(envelope_.sender, 320) +
                  " needs SMTPUTF8, which the server does not offer");
  }
  return {};
}

// What none of the message's forms can give is said before anything is sent.
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
  // BINARYMIME without 8BITMIME: what is of 8 bits passes for binary.
  if (text_.body == smtp::Body::eight_bit_mime && !offers_.eight_bit_mime) {
    text_.body = smtp::Body::binary_mime;
  }
  if (offers_.max_size && text_.octets > *offers_.max_size) {
    return content_refused(
        "the message of " + std::to_string(text_.octets) + " octets is " +
        std::to_string(text_.octets - *offers_.max_size) +
        " octets larger than the " + std::to_string(*offers_.max_size) +
        " that the server takes");
  }
  if (!offers_.chunking || text_.octets > kMaxInFlight) return {};
  return read_small();
}

Result<void> SmtpTransaction::read_small() {
  std::string raw;
  std::string block(kMaxInFlight, '\0');
  for (;;) {
    const auto count = text_.source->read_some(block);
    if (!count) return Error(count.error()).at(kMessageStep);
    if (*count == 0) break;
    raw.append(block, 0, *count);
    if (raw.size() > text_.octets) {
      return Error{ErrorKind::internal, "the message is longer than it says"};
    }
  }
  small_.emplace();
  if (text_.body == smtp::Body::binary_mime) {
    *small_ = std::move(raw);
    return {};
  }
  smtp::DataStuffer lines({.dots = false});
  auto fed = lines.feed(raw, *small_);
  if (fed) fed = lines.finish(*small_);
  if (!fed) return std::move(fed).error().at(kMessageStep);
  return {};
}

Result<std::string> SmtpTransaction::mail_line() const {
  smtp::Mail mail;
  mail.reverse_path = envelope_.sender;
  if (offers_.size && text_.octets > 0) mail.size = text_.octets;
  mail.smtputf8 = smtputf8_;
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
  if (!is_ascii(recipient.address) && !smtputf8_) {
    return settle_too_many(
        report, {ErrorKind::deferred,
                 "an address that needs SMTPUTF8 goes in another transaction"});
  }
  smtp::Rcpt rcpt;
  rcpt.forward_path = recipient.address;
  if (offers_.dsn) {
    rcpt.notify = recipient.notify;
    rcpt.orcpt = recipient.orcpt;
  }
  auto line = smtp::to_wire(rcpt);
  if (!line) return settle(report, line.error());
  if (auto limit = over_limit(recipient.address)) {
    return settle_too_many(report, {ErrorKind::deferred, *std::move(limit)});
  }
  ++recipients_;
  commands_.push_back({Kind::recipient, index, *std::move(line)});
}

// LIMITS, RFC 9422 section 4: which one the address would exceed, if any.
std::optional<std::string> SmtpTransaction::over_limit(
    const std::string& address) {
  if (offers_.max_recipients && recipients_ >= *offers_.max_recipients) {
    return "the server takes no more than " +
           std::to_string(*offers_.max_recipients) + " recipients a message";
  }
  if (!offers_.max_recipient_domains) return std::nullopt;
  auto domain = domain_of(address);
  if (domains_.size() >= *offers_.max_recipient_domains &&
      domains_.count(domain) == 0) {
    return "the server takes recipients of no more than " +
           std::to_string(*offers_.max_recipient_domains) +
           " domains a message";
  }
  domains_.insert(std::move(domain));
  return std::nullopt;
}

void SmtpTransaction::add_message_command() {
  if (small_) {
    commands_.push_back(
        {Kind::message, 0,
         "BDAT " + std::to_string(small_->size()) + " LAST\r\n"});
  } else if (text_.body == smtp::Body::binary_mime ||
             (offers_.chunking && offers_.pipelining)) {
    commands_.push_back({Kind::chunks, 0, ""});
  } else {
    commands_.push_back({Kind::data, 0, "DATA\r\n"});
  }
}

}  // namespace mailtool::client
