// AUTH: RFC 4954.

#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/smtp_dialogue.h"
#include "serve/smtp_replies.h"

namespace mailtool::serve {

using smtp::Reply;

void SmtpServer::on(smtp::Auth& auth, std::string& out) {
  if (!greeted()) return complain(out, out_of_order("say EHLO first"));
  if (!envelope_.user.empty()) {
    return complain(out, out_of_order("logged in already"));
  }
  if (mail_) return complain(out, out_of_order("not now"));
  if (!may_log_in()) return complain(out, tls_required());
  go_on(login_.begin(auth.mechanism, auth.initial), out);
}

void SmtpServer::go_on(SaslServer::Step step, std::string& out) {
  using Kind = SaslServer::Step::Kind;
  input_.wipe();
  state_ = step.kind == Kind::challenge ? State::login : State::command;
  if (step.kind == Kind::done || step.kind == Kind::refused) {
    if (const auto struck = fault("auth", {login_.name()})) {
      return say_fault(*struck, out);
    }
  }
  switch (step.kind) {
    case Kind::challenge: return say(out, Reply{334, {}, {step.text}});
    case Kind::done:
      envelope_.user = std::move(step.text);
      return say(out, logged_in());
    case Kind::refused: return complain(out, login_refused(step.text));
    case Kind::not_base64: return complain(out, not_base64());
    case Kind::malformed: return complain(out, bad_syntax(step.text));
    case Kind::cancelled: return complain(out, bad_syntax("cancelled"));
    case Kind::unknown: return complain(out, no_such_mechanism());
  }
}

}  // namespace mailtool::serve
