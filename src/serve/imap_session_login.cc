// Before the login: RFC 9051 section 6.2.

#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/imap_dialogue.h"

namespace mailtool::serve {

void ImapServer::on_starttls(Arguments, std::string& out) {
  if (!settings_.starttls || secure_) return bad(out, "not offered");
  // RFC 5530 section 3.
  if (settings_.tls_ready && !settings_.tls_ready()) {
    return no(out, "[UNAVAILABLE] TLS is not available now");
  }
  ok(out, "go ahead");
  wait_ = Wait::tls;
}

void ImapServer::on_login(Arguments arguments, std::string& out) {
  if (!may_log_in()) return no(out, "[PRIVACYREQUIRED] STARTTLS first");
  const auto password = arguments.next();
  if (password.absent()) return bad(out, "LOGIN user password");
  const Secret secret{std::string(password.text())};
  if (const auto line = fault("auth", arguments.text())) {
    return say_fault(*line, out);
  }
  const auto user = users_.log_in(arguments.text(), secret);
  user ? enter(*user, out) : refuse_login({}, out);
}

void ImapServer::on_authenticate(Arguments arguments, std::string& out) {
  if (!may_log_in()) return no(out, "[PRIVACYREQUIRED] STARTTLS first");
  if (arguments.text().empty()) return bad(out, "AUTHENTICATE mechanism");
  std::optional<std::string_view> initial;
  if (const auto value = arguments.next(); !value.absent()) {
    initial = value.text();
  }
  go_on(login_.begin(arguments.text(), initial), out);
}

void ImapServer::go_on(const SaslServer::Step& step, std::string& out) {
  using Kind = SaslServer::Step::Kind;
  state_ = step.kind == Kind::challenge ? State::login : State::command;
  if (step.kind == Kind::done || step.kind == Kind::refused) {
    if (const auto line = fault("auth", login_.name())) {
      return say_fault(*line, out);
    }
  }
  switch (step.kind) {
    case Kind::challenge: out += "+ " + step.text + "\r\n"; return;
    case Kind::done: return enter(step.text, out);
    case Kind::refused: return refuse_login(step.text, out);
    case Kind::not_base64: return bad(out, "not base64");
    case Kind::malformed: return bad(out, step.text);
    case Kind::cancelled: return bad(out, "cancelled");
    case Kind::unknown: return no(out, "[CANNOT] no such mechanism");
  }
}

// RFC 5530 section 3.
void ImapServer::refuse_login(std::string_view why, std::string& out) {
  no(out, "[AUTHENTICATIONFAILED] " +
              std::string(why.empty() ? kWrongPassword : why));
  if (++errors_ < settings_.max_errors) return;
  out += "* BYE too many errors\r\n";
  wait_ = Wait::close;
}

void ImapServer::enter(const std::string& user, std::string& out) {
  auto mailboxes = store_.open(user);
  if (!mailboxes) return no(out, mailboxes.error());
  mailboxes_ = *std::move(mailboxes);
  ok(out, "[CAPABILITY " + capabilities() + "] logged in");
}

// RFC 5530 section 3.
std::string imap_busy() {
  return "* BYE [UNAVAILABLE] too many connections, later\r\n";
}

}  // namespace mailtool::serve
