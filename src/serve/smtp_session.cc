#include "mailtool/serve/smtp_session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "mailtool/base/ascii.h"
#include "serve/http_line.h"
#include "serve/line_input.h"
#include "serve/message_input.h"
#include "serve/sasl_server.h"
#include "serve/smtp_replies.h"

namespace mailtool::serve {
namespace {

using smtp::Reply;

// NOOP, VRFY and HELP with words behind them: RFC 5321 section 4.1.1.
std::string_view verb_of(std::string_view line) {
  return line.substr(0, line.find(' '));
}

class SmtpSession final : public Session {
 public:
  SmtpSession(const SmtpSettings& settings, SmtpBackend& backend, Users& users,
              FaultHook* faults)
      : settings_(settings), backend_(backend), users_(users), faults_(faults) {}

  void begin(std::string& out) override {
    out += to_wire(Reply{220, {}, {settings_.host + " ESMTP"}});
  }

  std::size_t feed(std::string_view octets, std::string& out) override {
    std::size_t used = 0;
    while (used < octets.size() && wait_ == Wait::octets) {
      used += state_ == State::data    ? feed_data(octets.substr(used), out)
              : state_ == State::chunk ? feed_chunk(octets.substr(used), out)
                                       : feed_line(octets.substr(used), out);
    }
    return used;
  }

  void more(std::string&) override {}

  void settled(std::string& out) override {
    const auto outcome = message_->outcome();
    if (!outcome) return;
    wait_ = Wait::octets;
    if (*outcome) {
      say(out, taken());
    } else {
      say(out, not_stored(outcome->error()));
    }
    reset();
  }

  // RFC 3207 section 4.2: what was said before is forgotten.
  void secured(const TlsInfo& tls, std::string&) override {
    wait_ = Wait::octets;
    envelope_ = {};
    envelope_.tls = tls;
    reset();
  }

  void timed_out(std::string& out) override {
    say(out, farewell(settings_.host, "too long without a command"));
    wait_ = Wait::close;
  }

 private:
  enum class State : std::uint8_t { command, login, data, chunk };

  void say(std::string& out, const Reply& reply) { out += to_wire(reply); }

  // What is said to it instead, on purpose.
  [[nodiscard]] std::optional<Reply> fault(
      std::string_view command, const std::vector<std::string>& subjects) {
    const auto answer =
        faults_ != nullptr ? faults_->instead(command, subjects) : std::nullopt;
    if (!answer) return std::nullopt;
    return reply_of(*answer);
  }
  [[nodiscard]] std::vector<std::string> recipients() const {
    std::vector<std::string> all;
    for (const auto& one : envelope_.recipients) all.push_back(one.forward_path);
    return all;
  }
  // RFC 5321 section 3.8: 421 ends the session; so does a reply of nothing.
  void say_fault(const Reply& reply, std::string& out) {
    if (reply.code != 0) say(out, reply);
    if (reply.code == 0 || reply.code == 421) wait_ = Wait::close;
  }

  // A client that does nothing right is not listened to for ever.
  void complain(std::string& out, const Reply& reply) {
    if (++errors_ < settings_.max_errors) return say(out, reply);
    hang_up(out, "too many errors");
  }
  void hang_up(std::string& out, std::string_view why) {
    say(out, farewell(settings_.host, why));
    wait_ = Wait::close;
  }

  void reset() {
    message_.reset();
    mail_ = false;
    chunks_ = false;
    envelope_.mail = {};
    envelope_.recipients.clear();
    state_ = State::command;
  }

  // --- lines -------------------------------------------------------------------

  std::size_t feed_line(std::string_view octets, std::string& out) {
    const bool login = state_ == State::login;
    const auto step = input_.feed(
        octets, (login || is_auth_ ? smtp::kMaxAuthLine : smtp::kMaxCommand) - 2);
    is_auth_ = step.event == LineInput::Event::need_more &&
               istarts_with(input_.line(), "AUTH ");
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

  void obey(std::string_view line, std::string& out) {
    if (is_http(line)) return hang_up(out, "no HTTP here");
    const auto verb = upper(verb_of(line));
    const bool plain = verb == "NOOP" || verb == "VRFY" || verb == "HELP";
    if (plain) {
      if (const auto struck = fault(lower(verb), {})) {
        return say_fault(*struck, out);
      }
    }
    if (verb == "NOOP") return say(out, done());
    if (verb == "VRFY") return say(out, cannot_verify());
    if (verb == "HELP") return say(out, help());
    auto command = smtp::parse_command(line);
    if (!command) {
      return complain(out, is_verb(verb) ? bad_syntax(command.error().what)
                                         : unknown_command());
    }
    std::visit([&](auto& one) { on(one, out); }, *command);
  }

  // --- commands ----------------------------------------------------------------

  void on(smtp::Hello& hello, std::string& out) {
    if (hello.verb == "LHLO") return complain(out, unknown_command());
    if (const auto struck = fault("ehlo", {hello.name})) {
      return say_fault(*struck, out);
    }
    reset();
    envelope_.hello = std::move(hello);
    if (envelope_.hello.verb == "HELO") {
      return say(out, Reply{250, {}, {settings_.host}});
    }
    say(out, capabilities(settings_, settings_.starttls && !envelope_.tls,
                          may_log_in()));
  }

  [[nodiscard]] bool greeted() const { return !envelope_.hello.name.empty(); }
  [[nodiscard]] bool may_log_in() const {
    return envelope_.tls || settings_.clear_text_login;
  }

  void on(smtp::Mail& mail, std::string& out) {
    if (!greeted()) return complain(out, out_of_order("say EHLO first"));
    if (mail_) return complain(out, out_of_order("a transaction has begun"));
    if (settings_.submission && envelope_.user.empty()) {
      return complain(out, login_required());
    }
    if (mail.body == smtp::Body::binary_mime) {
      return complain(out, not_offered("BODY=BINARYMIME"));
    }
    if (mail.size.value_or(0) > settings_.max_octets) {
      return complain(out, too_large());
    }
    if (!is_ascii(mail.reverse_path) && !mail.smtputf8) {
      return complain(out, wants_smtputf8());
    }
    if (const auto struck = fault("mail", {mail.reverse_path})) {
      return say_fault(*struck, out);
    }
    mail_ = true;
    envelope_.mail = std::move(mail);
    say(out, sender_taken());
  }

  void on(smtp::Rcpt& rcpt, std::string& out) {
    if (!mail_) return complain(out, out_of_order("say MAIL first"));
    if (chunks_) return complain(out, out_of_order("the message has begun"));
    if (envelope_.recipients.size() >= settings_.max_recipients) {
      return say(out, too_many_recipients());
    }
    if (!is_ascii(rcpt.forward_path) && !envelope_.mail.smtputf8) {
      return complain(out, wants_smtputf8());
    }
    auto to = smtp::parse_mailbox(rcpt.forward_path, {.domain_optional = true});
    if (!to) return complain(out, bad_syntax(to.error().what));
    if (const auto struck = fault("rcpt", {rcpt.forward_path})) {
      return say_fault(*struck, out);
    }
    if (const auto refusal = backend_.refuses(envelope_, *to)) {
      return complain(out, *refusal);
    }
    envelope_.recipients.push_back(std::move(rcpt));
    say(out, recipient_taken());
  }

  void on(smtp::Bdat& bdat, std::string& out) {
    left_ = bdat.octets;
    last_ = bdat.last;
    state_ = State::chunk;
    // Where it cannot be taken, its octets follow all the same.
    if (!mail_ || envelope_.recipients.empty()) {
      refusal_ = out_of_order(mail_ ? "no recipient" : "say MAIL first");
    } else if (!chunks_) {
      refusal_ = fault("data", recipients());
      is_fault_ = refusal_.has_value();
      if (!is_fault_) refusal_ = begin_message();
    }
    chunks_ = chunks_ || !refusal_;
    if (left_ == 0) end_chunk(out);
  }

  void on(smtp::Auth& auth, std::string& out) {
    if (!greeted()) return complain(out, out_of_order("say EHLO first"));
    if (mail_ || !envelope_.user.empty()) {
      return complain(out, out_of_order("not now"));
    }
    if (!may_log_in()) return complain(out, tls_required());
    go_on(login_.begin(auth.mechanism, auth.initial), out);
  }

  void on(smtp::Plain& plain, std::string& out) {
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

  void start_tls(std::string& out) {
    if (!settings_.starttls || envelope_.tls) {
      return complain(out, not_offered("STARTTLS"));
    }
    if (mail_) return complain(out, out_of_order("not now"));
    say(out, Reply{220, {}, {"2.0.0 go ahead"}});
    wait_ = Wait::tls;
  }

  // --- login -------------------------------------------------------------------

  void go_on(SaslServer::Step step, std::string& out) {
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
      case Kind::refused: return complain(out, wrong_password());
      case Kind::malformed: return complain(out, bad_syntax("not base64"));
      case Kind::cancelled: return complain(out, bad_syntax("cancelled"));
      case Kind::unknown: return complain(out, no_such_mechanism());
    }
  }

  // --- the message -------------------------------------------------------------

  std::optional<Reply> begin_message() {
    auto into = backend_.begin(envelope_);
    if (!into) return not_stored(into.error());
    message_.emplace(*std::move(into), settings_.max_octets);
    return std::nullopt;
  }

  void data(std::string& out) {
    if (!mail_ || chunks_) return complain(out, out_of_order("not now"));
    if (envelope_.recipients.empty()) return complain(out, no_recipient());
    if (const auto struck = fault("data", recipients())) {
      return say_fault(*struck, out);
    }
    if (const auto refusal = begin_message()) return complain(out, *refusal);
    state_ = State::data;
    say(out, Reply{354, {}, {"end with a dot on a line by itself"}});
  }

  std::size_t feed_data(std::string_view octets, std::string& out) {
    const auto used = message_->feed_data(octets);
    if (message_->done()) end_message(out);
    return used;
  }

  std::size_t feed_chunk(std::string_view octets, std::string& out) {
    const auto used = static_cast<std::size_t>(
        std::min<std::uint64_t>(left_, octets.size()));
    if (!refusal_) message_->feed_chunk(octets.substr(0, used));
    left_ -= used;
    if (left_ == 0) end_chunk(out);
    return used;
  }

  // RFC 3030 section 2: a chunk that failed ends the transaction.
  void end_chunk(std::string& out) {
    state_ = State::command;
    if (refusal_) {
      const auto refusal = *std::exchange(refusal_, std::nullopt);
      reset();
      if (std::exchange(is_fault_, false)) return say_fault(refusal, out);
      return complain(out, refusal);
    }
    if (last_) return end_message(out);
    say(out, done());
  }

  void end_message(std::string& out) {
    using Fault = MessageInput::Fault;
    state_ = State::command;
    if (const auto struck = fault("dot", recipients())) {
      reset();
      return say_fault(*struck, out);
    }
    const auto ended = message_->end();
    if (ended == Fault::none) {
      wait_ = Wait::verdict;
      return settled(out);
    }
    reset();
    if (ended == Fault::too_large) return complain(out, too_large());
    if (ended == Fault::bare_line_end) return complain(out, bare_line_end());
    complain(out, not_stored(Error{ErrorKind::local_io, "cannot be kept"}));
  }

  const SmtpSettings& settings_;
  SmtpBackend& backend_;
  Users& users_;
  FaultHook* faults_;
  LineInput input_;
  SaslServer login_{users_};
  State state_ = State::command;
  bool is_auth_ = false;  // the line that is coming
  std::size_t errors_ = 0;
  Envelope envelope_;
  bool mail_ = false;    // a transaction has begun
  bool chunks_ = false;  // and its message, by BDAT
  std::optional<MessageInput> message_;
  std::uint64_t left_ = 0;  // of the chunk
  bool last_ = false;       // it is
  std::optional<Reply> refusal_;  // what will be said to it
  bool is_fault_ = false;         // and that is one on purpose
};

}  // namespace

std::unique_ptr<Session> make_smtp_session(const SmtpSettings& settings,
                                           SmtpBackend& backend, Users& users,
                                           FaultHook* faults) {
  return std::make_unique<SmtpSession>(settings, backend, users, faults);
}

}  // namespace mailtool::serve
