// Lines, dispatch, and the commands of any state: RFC 1939, RFC 2449.

#include "mailtool/serve/pop3_session.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/pop3/command.h"
#include "mailtool/pop3/reply.h"
#include "serve/http_line.h"
#include "serve/pop3_dialogue.h"

namespace mailtool::serve {
namespace {

// RFC 2449 section 4, but for passwords, of which SASL takes longer ones.
constexpr std::size_t kLineOctets = pop3::kCommandOctets - 2;
constexpr std::size_t kAuthOctets = 12 * 1024;

}  // namespace

Pop3Server::Pop3Server(const Pop3Settings& settings, Maildrops& maildrops,
                       Users& users, FaultHook* faults)
    : settings_(settings),
      maildrops_(maildrops),
      users_(users),
      faults_(faults) {}

// No RFC has a session behind another greeting than +OK: that is the last.
void Pop3Server::begin(std::string& out) {
  if (struck("connect", {}, out)) return end();
  ok(out, settings_.host + " POP3");
}

std::size_t Pop3Server::feed(std::string_view octets, std::string& out) {
  std::size_t used = 0;
  while (used < octets.size() && wait_ == Wait::octets) {
    const auto next = octets.substr(used);
    const bool is_login = login_runs_ || input_.begins_with("AUTH ", next) ||
                          input_.begins_with("PASS ", next);
    const auto step = input_.feed(next, is_login ? kAuthOctets : kLineOctets);
    used += step.used;
    take(step.event, out);
  }
  return used;
}

void Pop3Server::more(std::string& out) {
  if (source_) return more_of_message(out);
  more_of_listing(out);
}

void Pop3Server::settled(std::string& out) {
  if (opening_) return open_when_ready(out);
  const auto outcome = maildrop_->outcome();
  if (!outcome) return;
  if (*outcome) {
    ok(out, "bye");
  } else {
    err(out, "[SYS/TEMP] some messages were not removed");
  }
  end();
}

void Pop3Server::secured(const TlsInfo& tls, std::string&) {
  secure_ = true;
  login_.secured(tls);
  user_.clear();
  wait_ = Wait::octets;
}

// RFC 1939 section 3: without the UPDATE state. Nobody is owed an answer: one
// that is said all the same would be taken for that to the next command.
void Pop3Server::dismiss(Dismissal why, std::string& out) {
  if (why == Dismissal::shutdown) return end();
  hang_up(out, "too long without a command");
}

void Pop3Server::ok(std::string& out, std::string text) {
  out += to_wire(pop3::Reply{pop3::Status::ok, "", std::move(text)});
}

void Pop3Server::err(std::string& out, std::string text) {
  out += to_wire(pop3::Reply{pop3::Status::err, "", std::move(text)});
}

// True where something else is said to it, on purpose.
bool Pop3Server::struck(std::string_view command, std::string_view subject,
                        std::string& out) {
  if (faults_ == nullptr) return false;
  const auto answer = faults_->instead(command, {std::string(subject)});
  if (!answer) return false;
  if (answer->empty()) {
    end();
  } else {
    out += *answer + "\r\n";
  }
  return true;
}

void Pop3Server::end() {
  maildrop_.reset();
  wait_ = Wait::close;
}

void Pop3Server::hang_up(std::string& out, std::string text) {
  err(out, std::move(text));
  end();
}

void Pop3Server::complain(std::string& out, std::string text) {
  if (++errors_ >= settings_.max_errors) return hang_up(out, std::move(text));
  err(out, std::move(text));
}

void Pop3Server::take(LineInput::Event event, std::string& out) {
  using enum LineInput::Event;
  if (event == need_more) return;
  if (event == line) {
    return login_runs_ ? go_on(login_.respond(input_.line()), out)
                       : obey(input_.line(), out);
  }
  login_runs_ = false;
  complain(out, event == too_long ? "line too long"
                                  : "line ended by LF alone, not by CRLF");
}

void Pop3Server::obey(std::string_view line, std::string& out) {
  if (is_http(line)) return hang_up(out, "no HTTP here");
  const auto blank = std::min(line.find(' '), line.size());
  const auto verb = upper(line.substr(0, blank));
  const auto rest = line.substr(std::min(blank + 1, line.size()));
  // A login is asked of once it is known whose it is.
  const bool login = !maildrop_ && (verb == "PASS" || verb == "AUTH");
  const auto asked = verb == "STLS" ? std::string("starttls") : lower(verb);
  if (!login && struck(asked, rest.substr(0, rest.find(' ')), out)) return;
  if (verb == "QUIT") return quit(out);
  if (verb == "CAPA") return capa(out);
  if (verb == "NOOP" && maildrop_) return ok(out, "");
  if (!maildrop_) return authorize(verb, rest, out);
  transact(verb, split(rest, ' '), out);
}

void Pop3Server::quit(std::string& out) {
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < deleted_.size(); ++i) {
    if (deleted_[i]) gone.push_back(i);
  }
  if (!maildrop_ || gone.empty()) {
    ok(out, "bye");
    return end();
  }
  maildrop_->remove(gone);
  wait_ = Wait::verdict;
  settled(out);
}

void Pop3Server::capa(std::string& out) {
  ok(out, "");
  if (!maildrop_ && settings_.starttls && !secure_) out += "STLS\r\n";
  if (may_log_in()) {
    out += "USER\r\nSASL";
    for (const auto name : login_.mechanisms()) {
      out += " " + std::string(name);
    }
    out += "\r\n";
  }
  out +=
      "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n"
      "UTF8\r\n";
  if (settings_.keeps_all) out += "EXPIRE NEVER\r\n";
  out += ".\r\n";
}

std::unique_ptr<Session> make_pop3_session(const Pop3Settings& settings,
                                           Maildrops& maildrops, Users& users,
                                           FaultHook* faults) {
  return std::make_unique<Pop3Server>(settings, maildrops, users, faults);
}

// RFC 3206 section 4.
std::string pop3_busy() {
  return "-ERR [SYS/TEMP] too many connections, later\r\n";
}

}  // namespace mailtool::serve
