// Lines, dispatch, and the commands of any state: RFC 5321 section 4.1.1.

#include "mailtool/serve/smtp_session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "mailtool/base/ascii.h"
#include "serve/http_line.h"
#include "serve/smtp_dialogue.h"
#include "serve/smtp_replies.h"

namespace mailtool::serve {
namespace {

using smtp::Reply;

std::string_view verb_of(std::string_view line) {
  return line.substr(0, line.find(' '));
}

}  // namespace

SmtpServer::SmtpServer(const SmtpSettings& settings, SmtpBackend& backend,
                       Users& users, FaultHook* faults, std::string peer)
    : settings_(settings), backend_(backend), users_(users), faults_(faults) {
  envelope_.peer = std::move(peer);
}

void SmtpServer::begin(std::string& out) {
  if (const auto struck = fault("connect", {})) {
    refuses_ = true;
    return say_fault(*struck, out);
  }
  say(out, Reply{220, {}, {settings_.host + " ESMTP"}});
}

std::size_t SmtpServer::feed(std::string_view octets, std::string& out) {
  std::size_t used = 0;
  while (used < octets.size() && wait_ == Wait::octets) {
    used += state_ == State::data    ? feed_data(octets.substr(used), out)
            : state_ == State::chunk ? feed_chunk(octets.substr(used), out)
                                     : feed_line(octets.substr(used), out);
  }
  return used;
}

Upcoming SmtpServer::upcoming() const {
  switch (state_) {
    case State::command: break;
    case State::login: return {Upcoming::Kind::secret};
    case State::data: return {Upcoming::Kind::octets, UINT64_MAX};
    case State::chunk: return {Upcoming::Kind::octets, left_};
  }
  return {};
}

// RFC 3207 section 4.2: what was said before is forgotten.
void SmtpServer::secured(const TlsInfo& tls, std::string&) {
  wait_ = Wait::octets;
  envelope_ = {.peer = std::move(envelope_.peer)};
  envelope_.tls = tls;
  login_.secured(tls);
  reset();
}

// RFC 5321 section 3.8.
void SmtpServer::dismiss(Dismissal why, std::string& out) {
  if (why == Dismissal::silence) {
    return hang_up(out, "too long without a command");
  }
  say(out, shutting_down(settings_.host));
  wait_ = Wait::close;
}

std::chrono::milliseconds SmtpServer::patience() const {
  const bool knocks = settings_.submission && envelope_.user.empty();
  return knocks ? settings_.before_login : settings_.patience;
}

void SmtpServer::say(std::string& out, const Reply& reply) {
  out += to_wire(reply);
}

std::optional<Reply> SmtpServer::fault(
    std::string_view command, const std::vector<std::string>& subjects) {
  const auto answer =
      faults_ != nullptr ? faults_->instead(command, subjects) : std::nullopt;
  if (!answer) return std::nullopt;
  return reply_of(*answer);
}

// RFC 5321 section 3.8: 421 ends the session; so does a reply of nothing.
void SmtpServer::say_fault(const Reply& reply, std::string& out) {
  if (reply.code != 0) say(out, reply);
  if (reply.code == 0 || reply.code == 421) wait_ = Wait::close;
}

void SmtpServer::complain(std::string& out, const Reply& reply) {
  // 4yz: it is we who cannot.
  if (reply.code < 500) return say(out, reply);
  if (++errors_ < settings_.max_errors) return say(out, reply);
  hang_up(out, "too many errors");
}

void SmtpServer::refuse_recipient(std::string& out, const Reply& reply) {
  if (reply.code < 500) return say(out, reply);
  if (++refused_ < settings_.max_refused) return say(out, reply);
  hang_up(out, "too many recipients refused");
}

void SmtpServer::hang_up(std::string& out, std::string_view why) {
  say(out, farewell(settings_.host, why));
  wait_ = Wait::close;
}

void SmtpServer::reset() {
  message_.reset();
  mail_ = false;
  chunks_ = false;
  envelope_.mail = {};
  envelope_.recipients.clear();
  state_ = State::command;
}

std::size_t SmtpServer::feed_line(std::string_view octets, std::string& out) {
  const bool login = state_ == State::login;
  const bool is_auth = login || input_.begins_with("AUTH ", octets);
  const auto step = input_.feed(
      octets, (is_auth ? smtp::kMaxAuthLine : smtp::kMaxCommand) - 2);
  switch (step.event) {
    case LineInput::Event::need_more: break;
    case LineInput::Event::too_long:
      state_ = State::command;
      complain(out, line_too_long());
      break;
    case LineInput::Event::bare_lf: complain(out, bare_lf()); break;
    case LineInput::Event::line:
      login ? go_on(login_.respond(input_.line()), out)
            : obey(input_.line(), out);
      break;
  }
  return step.used;
}

void SmtpServer::obey(std::string_view line, std::string& out) {
  if (is_http(line)) return hang_up(out, "no HTTP here");
  const auto verb = upper(verb_of(line));
  // RFC 5321 section 3.1.
  if (refuses_ && verb != "QUIT") {
    return complain(out, out_of_order("no service here: QUIT"));
  }
  const bool plain = verb == "NOOP" || verb == "VRFY" || verb == "HELP";
  if (plain) {
    if (const auto struck = fault(lower(verb), {})) {
      return say_fault(*struck, out);
    }
  }
  // With words behind them: RFC 5321 section 4.1.1.
  if (verb == "NOOP") return say(out, done());
  if (verb == "HELP") return say(out, help());
  if (verb == "VRFY") {
    if (trim(line.substr(verb.size())).empty()) {
      return complain(out, bad_syntax("VRFY whom"));
    }
    return say(out, cannot_verify());
  }
  auto command = smtp::parse_command(line);
  if (!command) return on_unparsed(verb, command.error(), out);
  std::visit([&](auto& one) { on(one, out); }, *command);
}

void SmtpServer::on_unparsed(std::string_view verb, const Error& error,
                             std::string& out) {
  if (!is_verb(verb)) return complain(out, unknown_command());
  if (verb == "EXPN" || verb == "TURN") {
    return complain(out, not_offered(verb));
  }
  const bool bare =
      verb == "DATA" || verb == "RSET" || verb == "QUIT" || verb == "STARTTLS";
  if (bare) {
    return complain(out, bad_syntax(std::string(verb) + " has no argument"));
  }
  // RFC 5321 section 4.1.1.11.
  if (error.kind == ErrorKind::unsupported) {
    return complain(out, unknown_parameter(error.what));
  }
  complain(out, bad_syntax(error.what));
}

void SmtpServer::on(smtp::Hello& hello, std::string& out) {
  if (hello.verb == "LHLO") return complain(out, unknown_command());
  if (const auto struck = fault("ehlo", {hello.name})) {
    return say_fault(*struck, out);
  }
  reset();
  envelope_.hello = std::move(hello);
  if (envelope_.hello.verb == "HELO") {
    return say(out, Reply{250, {}, {settings_.host}});
  }
  auto mechanisms = login_.mechanisms();
  if (!may_log_in()) mechanisms.clear();
  say(out, capabilities(settings_, settings_.starttls && !envelope_.tls,
                        mechanisms));
}

void SmtpServer::on(smtp::Plain& plain, std::string& out) {
  // DATA is asked of once it could be obeyed.
  if (plain.verb != "DATA") {
    if (const auto struck = fault(lower(plain.verb), {})) {
      return say_fault(*struck, out);
    }
  }
  if (plain.verb == "QUIT") {
    say(out, Reply{221, {}, {"2.0.0 " + settings_.host + " bye"}});
    wait_ = Wait::close;
  } else if (plain.verb == "RSET") {
    reset();
    say(out, done());
  } else if (plain.verb == "STARTTLS") {
    start_tls(out);
  } else if (plain.verb == "DATA") {
    data(out);
  } else {
    say(out, done());
  }
}

void SmtpServer::start_tls(std::string& out) {
  if (!settings_.starttls || envelope_.tls) {
    return complain(out, not_offered("STARTTLS"));
  }
  if (mail_) return complain(out, out_of_order("not now"));
  if (settings_.tls_ready && !settings_.tls_ready()) return say(out, no_tls());
  say(out, Reply{220, {}, {"2.0.0 go ahead"}});
  wait_ = Wait::tls;
}

std::unique_ptr<Session> make_smtp_session(const SmtpSettings& settings,
                                           SmtpBackend& backend, Users& users,
                                           FaultHook* faults,
                                           std::string peer) {
  return std::make_unique<SmtpServer>(settings, backend, users, faults,
                                      std::move(peer));
}

std::string smtp_busy(const SmtpSettings& settings) {
  return to_wire(Reply{
      421, {}, {"4.7.0 " + settings.host + " too many connections, later"}});
}

}  // namespace mailtool::serve
