#include "app/serve_trace.h"

#include "mailtool/base/ascii.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxName = 255;

// A client may say anything of itself; here it must not pass for another part
// of the field.
std::string shown_name(std::string_view name, bool utf8) {
  std::string shown(name.substr(0, kMaxName));
  for (char& c : shown) {
    const bool plain =
        is_alpha(c) || is_digit(c) ||
        std::string_view("-._:[]").find(c) != std::string_view::npos;
    if (!plain && !(utf8 && is_8bit(c))) c = '?';
  }
  return shown.empty() ? "unknown" : shown;
}

// TCP-info = address-literal
std::string address_literal(std::string_view address) {
  const bool v6 = address.find(':') != address.npos;
  return (v6 ? "[IPv6:" : "[") + std::string(address) + "]";
}

std::string protocol(const serve::Envelope& envelope) {
  std::string name = envelope.mail.smtputf8          ? "UTF8SMTP"
                     : envelope.hello.verb == "EHLO" ? "ESMTP"
                                                     : "SMTP";
  if (envelope.tls) name += 'S';
  if (!envelope.user.empty()) name += 'A';
  return name;
}

}  // namespace

// Time-stamp-line = "Received:" FWS Stamp
// Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
// Opt-info = [Via] [With] [ID] [For] [Additional-Registered-Clauses]
std::string received_field(const serve::Envelope& envelope,
                           std::string_view host, std::string_view id,
                           std::int64_t now) {
  auto value =
      "from " + shown_name(envelope.hello.name, envelope.mail.smtputf8);
  if (!envelope.peer.empty()) {
    value += " (" + address_literal(envelope.peer) + ")";
  }
  value += " by " + std::string(host) + " with " + protocol(envelope) + " id " +
           std::string(id);
  if (envelope.recipients.size() == 1) {
    value += " for <" + envelope.recipients[0].forward_path + ">";
  }
  // The names of TLS 1.3 are those that are registered.
  if (envelope.tls && envelope.tls->cipher.starts_with("TLS_")) {
    value += " tls " + envelope.tls->cipher;
  }
  value += "; " + mime::format_date_time({now, 0, true});
  return mime::fold_field("Received", value);
}

}  // namespace mailtool::app
