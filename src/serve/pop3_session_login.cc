// The AUTHORIZATION state: RFC 1939 section 4, RFC 2595, RFC 5034.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/pop3_dialogue.h"

namespace mailtool::serve {
namespace {

constexpr const char* kNotOpened = "[SYS/TEMP] the maildrop cannot be opened";

}  // namespace

void Pop3Server::authorize(std::string_view verb, std::string_view rest,
                           std::string& out) {
  if (verb == "STLS") return start_tls(out);
  if (verb == "UTF8") return ok(out, "");  // here alone: RFC 6856 section 2
  const bool known = verb == "USER" || verb == "PASS" || verb == "AUTH";
  if (!known) return complain(out, "not now, or no such command");
  if (!may_log_in()) return complain(out, "STLS first");
  if (verb == "USER") {
    if (trim(rest).empty()) return complain(out, "USER name");
    user_ = rest;
    return ok(out, "");
  }
  if (verb == "AUTH") return authenticate(rest, out);
  if (user_.empty()) return complain(out, "USER first");
  const Secret password{std::string(rest)};
  input_.wipe();
  const auto name = std::exchange(user_, "");
  if (struck("auth", name, out)) return;
  const auto user = users_.log_in(name, password);
  user ? enter(*user, out) : refuse_login({}, out);
}

void Pop3Server::start_tls(std::string& out) {
  if (!settings_.starttls || secure_) return complain(out, "not offered");
  // RFC 3206 section 4. It is we who cannot.
  if (settings_.tls_ready && !settings_.tls_ready()) {
    out += "-ERR [SYS/TEMP] TLS is not available now\r\n";
    return;
  }
  ok(out, "go ahead");
  wait_ = Wait::tls;
}

void Pop3Server::authenticate(std::string_view rest, std::string& out) {
  if (rest.empty()) return complain(out, "AUTH mechanism");
  const auto blank = std::min(rest.find(' '), rest.size());
  std::optional<std::string_view> initial;
  if (blank < rest.size()) initial = rest.substr(blank + 1);
  go_on(login_.begin(rest.substr(0, blank), initial), out);
}

void Pop3Server::go_on(const SaslServer::Step& step, std::string& out) {
  using Kind = SaslServer::Step::Kind;
  input_.wipe();
  login_runs_ = step.kind == Kind::challenge;
  const bool tried = step.kind == Kind::done || step.kind == Kind::refused;
  if (tried && struck("auth", login_.name(), out)) return;
  switch (step.kind) {
    case Kind::challenge: out += "+ " + step.text + "\r\n"; return;
    case Kind::done: return enter(step.text, out);
    case Kind::refused: return refuse_login(step.text, out);
    case Kind::not_base64: return complain(out, "not base64");
    case Kind::malformed: return complain(out, step.text);
    case Kind::cancelled: return complain(out, "cancelled");
    case Kind::unknown: return complain(out, "no such mechanism");
  }
}

// RFC 3206 section 5.
void Pop3Server::refuse_login(std::string_view why, std::string& out) {
  complain(out, "[AUTH] " + std::string(why.empty() ? kWrongPassword : why));
}

void Pop3Server::enter(const std::string& user, std::string& out) {
  auto opened = maildrops_.open(user);
  if (!opened) {
    const bool busy = opened.error().kind == ErrorKind::busy;
    return complain(out, busy ? "[IN-USE] another session has the maildrop"
                              : kNotOpened);
  }
  opening_ = *std::move(opened);
  wait_ = Wait::verdict;
  open_when_ready(out);
}

void Pop3Server::open_when_ready(std::string& out) {
  const auto ready = opening_->is_ready();
  if (ready && !*ready) return;
  wait_ = Wait::octets;
  auto maildrop = std::exchange(opening_, nullptr);
  if (!ready) return complain(out, kNotOpened);
  maildrop_ = std::move(maildrop);
  deleted_.assign(maildrop_->size(), false);
  ok(out, std::to_string(maildrop_->size()) + " messages");
}

}  // namespace mailtool::serve
