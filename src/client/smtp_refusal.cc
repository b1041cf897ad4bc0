#include "client/smtp_refusal.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

// "5.6.x", and the details of other subjects that speak of the content.
bool content_code(const smtp::EnhancedCode& code) {
  return code.subject == 6 ||                       // 5.6.x media
         (code.subject == 3 && code.detail == 4) ||  // 5.3.4 too big
         (code.subject == 2 && code.detail == 3);    // 5.2.3 too long
}

// A code that says no more than that it failed: "5.0.0".
bool says_why(const std::optional<smtp::EnhancedCode>& code) {
  return code && code->subject != 0;
}

ErrorKind permanent_kind(SmtpStep step, const smtp::Reply& reply) {
  using enum ErrorKind;
  const auto& code = reply.enhanced;
  switch (step) {
    case SmtpStep::greeting:
    case SmtpStep::hello:
    case SmtpStep::reset: return rejected;
    case SmtpStep::starttls: return unsupported;
    case SmtpStep::auth: return no_auth;
    case SmtpStep::recipient:
      if (reply.code == 530) return no_permission;
      if (says_why(code)) {
        if (code->subject == 1) return no_recipient;
        return content_code(*code) ? content_refused : rejected;
      }
      return reply.code == 550 || reply.code == 551 || reply.code == 553
                 ? no_recipient
                 : rejected;
    case SmtpStep::mail:
    case SmtpStep::data:
      if (reply.code == 530) return no_permission;
      if (says_why(code)) {
        return content_code(*code) ? content_refused : rejected;
      }
      return reply.code == 552 ? content_refused : rejected;
    case SmtpStep::body:
      if (says_why(code)) {
        if (code->subject == 1) return no_recipient;
        return content_code(*code) ? content_refused : rejected;
      }
      return reply.code == 552 || reply.code == 554 ? content_refused
                                                    : rejected;
  }
  return rejected;
}

// 530 says "authenticate first" (RFC 4954 section 6) or "STARTTLS first" (RFC
// 3207 section 4), and only the text tells which.
std::string_view hint_for(SmtpStep step, const smtp::Reply& reply) {
  if (reply.code != 530 && reply.code != 538) return {};
  if (step == SmtpStep::auth) return "the server wants TLS before a login";
  if (upper(reply.text()).find("TLS") != std::string::npos) {
    return "the server takes no mail without TLS";
  }
  return "the server wants a login: give a user, and a password source";
}

}  // namespace

Error refusal(SmtpStep step, const smtp::Reply& reply,
              std::string_view doing) {
  const auto said = printable(smtp::one_line(reply));
  if (reply.code == 421) {
    return Error{ErrorKind::disconnected, "the server closes the connection",
                 std::string(doing), said};
  }
  if (reply.transient()) {
    return Error{ErrorKind::deferred, "not now", std::string(doing), said};
  }
  if (!reply.permanent()) {
    return Error{ErrorKind::protocol, "unexpected reply", std::string(doing),
                 said};
  }
  return Error{permanent_kind(step, reply), "refused", std::string(doing), said,
               std::string(hint_for(step, reply))};
}

bool too_many_recipients(const smtp::Reply& reply, bool some_accepted) {
  if (!some_accepted) return false;
  if (says_why(reply.enhanced)) {
    return reply.enhanced->subject == 5 && reply.enhanced->detail == 3;
  }
  return reply.code == 452 || reply.code == 552;
}

Outcome outcome_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::rejected:
    case ErrorKind::no_recipient:
    case ErrorKind::content_refused:
    case ErrorKind::no_permission:
    case ErrorKind::unsupported:
    case ErrorKind::no_auth:
    case ErrorKind::bad_input: return Outcome::refused;
    default: return Outcome::deferred;
  }
}

}  // namespace mailtool::client
