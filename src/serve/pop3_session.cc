#include "mailtool/serve/pop3_session.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/pop3/command.h"
#include "mailtool/pop3/multiline.h"
#include "mailtool/pop3/reply.h"
#include "serve/http_line.h"
#include "serve/line_input.h"
#include "serve/sasl_server.h"
#include "serve/text_slice.h"

namespace mailtool::serve {
namespace {

// RFC 2449 section 4, but for SASL.
constexpr std::size_t kLineOctets = pop3::kCommandOctets - 2;
constexpr std::size_t kAuthOctets = 12 * 1024;
// One portion of a long answer.
constexpr std::size_t kPortion = 32 * 1024;

class StringAppender : public Sink {
 public:
  explicit StringAppender(std::string& to) : to_(to) {}
  Result<void> write(std::string_view octets) override {
    to_ += octets;
    return {};
  }

 private:
  std::string& to_;
};

class Pop3Session final : public Session {
 public:
  Pop3Session(const Pop3Settings& settings, Maildrops& maildrops, Users& users,
              FaultHook* faults)
      : settings_(settings),
        maildrops_(maildrops),
        users_(users),
        faults_(faults) {}

  void begin(std::string& out) override {
    ok(out, settings_.host + " POP3");
  }

  std::size_t feed(std::string_view octets, std::string& out) override {
    std::size_t used = 0;
    while (used < octets.size() && wait_ == Wait::octets) {
      const bool is_auth = login_runs_ || istarts_with(input_.line(), "AUTH ");
      const auto step = input_.feed(octets.substr(used),
                                    is_auth ? kAuthOctets : kLineOctets);
      used += step.used;
      take(step.event, out);
    }
    return used;
  }

  void more(std::string& out) override {
    if (source_) return more_of_message(out);
    more_of_listing(out);
  }

  void settled(std::string& out) override {
    const auto outcome = maildrop_->outcome();
    if (!outcome) return;
    if (*outcome) {
      ok(out, "bye");
    } else {
      err(out, "[SYS/TEMP] some messages were not removed");
    }
    end();
  }

  void secured(const TlsInfo&, std::string&) override {
    secure_ = true;
    user_.clear();
    wait_ = Wait::octets;
  }

  // RFC 1939 section 3: without the UPDATE state.
  void timed_out(std::string& out) override {
    hang_up(out, "too long without a command");
  }

 private:
  using Words = std::vector<std::string_view>;

  void ok(std::string& out, std::string text) {
    out += to_wire(pop3::Reply{pop3::Status::ok, "", std::move(text)});
  }
  void err(std::string& out, std::string text) {
    out += to_wire(pop3::Reply{pop3::Status::err, "", std::move(text)});
  }

  // True where something else is said to it, on purpose.
  bool struck(std::string_view command, std::string_view subject,
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

  void end() {
    maildrop_.reset();
    wait_ = Wait::close;
  }

  void hang_up(std::string& out, std::string text) {
    err(out, std::move(text));
    end();
  }

  void complain(std::string& out, std::string text) {
    if (++errors_ >= settings_.max_errors) return hang_up(out, std::move(text));
    err(out, std::move(text));
  }

  void take(LineInput::Event event, std::string& out) {
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

  void obey(std::string_view line, std::string& out) {
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

  // --- AUTHORIZATION -------------------------------------------------------------

  [[nodiscard]] bool may_log_in() const {
    return secure_ || settings_.clear_text_login;
  }

  void authorize(std::string_view verb, std::string_view rest,
                 std::string& out) {
    if (verb == "STLS") return start_tls(out);
    if (verb == "UTF8") return ok(out, "");  // here alone: RFC 6856 section 2
    const bool known = verb == "USER" || verb == "PASS" || verb == "AUTH";
    if (!known) return complain(out, "not now, or no such command");
    if (!may_log_in()) return complain(out, "STLS first");
    if (verb == "USER") {
      user_ = rest;
      return ok(out, "");
    }
    if (verb == "AUTH") return authenticate(rest, out);
    if (user_.empty()) return complain(out, "USER first");
    const Secret password{std::string(rest)};
    input_.wipe();
    const auto name = std::exchange(user_, "");
    if (struck("auth", name, out)) return;
    enter(users_.log_in(name, password), out);
  }

  void start_tls(std::string& out) {
    if (!settings_.starttls || secure_) return complain(out, "not offered");
    ok(out, "go ahead");
    wait_ = Wait::tls;
  }

  void authenticate(std::string_view rest, std::string& out) {
    const auto blank = std::min(rest.find(' '), rest.size());
    std::optional<std::string_view> initial;
    if (blank < rest.size()) initial = rest.substr(blank + 1);
    go_on(login_.begin(rest.substr(0, blank), initial), out);
  }

  void go_on(const SaslServer::Step& step, std::string& out) {
    using Kind = SaslServer::Step::Kind;
    input_.wipe();
    login_runs_ = step.kind == Kind::challenge;
    const bool tried = step.kind == Kind::done || step.kind == Kind::refused;
    if (tried && struck("auth", login_.name(), out)) return;
    switch (step.kind) {
      case Kind::challenge: out += "+ " + step.text + "\r\n"; return;
      case Kind::done: return enter(step.text, out);
      case Kind::refused: return enter(std::nullopt, out);
      case Kind::malformed: return complain(out, "not base64");
      case Kind::cancelled: return complain(out, "cancelled");
      case Kind::unknown: return complain(out, "no such mechanism");
    }
  }

  void enter(const std::optional<std::string>& user, std::string& out) {
    if (!user) return complain(out, "[AUTH] wrong user or password");
    auto opened = maildrops_.open(*user);
    if (!opened) {
      const bool busy = opened.error().kind == ErrorKind::busy;
      return complain(out, busy ? "[IN-USE] another session has the maildrop"
                                : "[SYS/TEMP] the maildrop cannot be opened");
    }
    maildrop_ = *std::move(opened);
    deleted_.assign(maildrop_->size(), false);
    ok(out, std::to_string(maildrop_->size()) + " messages");
  }

  // --- TRANSACTION ---------------------------------------------------------------

  void transact(std::string_view verb, const Words& words, std::string& out) {
    const bool bare = words.front().empty();
    if (verb == "STAT") return stat(out);
    if (verb == "RSET") {
      deleted_.assign(maildrop_->size(), false);
      return ok(out, "");
    }
    if ((verb == "LIST" || verb == "UIDL") && bare) {
      return begin_listing(verb == "UIDL", out);
    }
    const bool known = verb == "LIST" || verb == "UIDL" || verb == "RETR" ||
                       verb == "TOP" || verb == "DELE";
    if (!known) return complain(out, "no such command");
    const auto number = message(words.front());
    if (!number) return complain(out, "no such message");
    if (verb == "RETR") return send(*number, std::nullopt, out);
    if (verb == "TOP") return top(*number, words, out);
    if (verb == "DELE") {
      deleted_[*number] = true;
      return ok(out, "");
    }
    ok(out, row(*number, verb == "UIDL"));
  }

  [[nodiscard]] std::optional<std::size_t> message(
      std::string_view word) const {
    const auto number = parse_number(word, maildrop_->size());
    if (!number || *number == 0) return std::nullopt;
    const auto index = static_cast<std::size_t>(*number - 1);
    if (deleted_[index]) return std::nullopt;
    return index;
  }

  [[nodiscard]] std::string row(std::size_t number, bool unique_id) const {
    return std::to_string(number + 1) + " " +
           (unique_id ? maildrop_->unique_id(number)
                      : std::to_string(maildrop_->octets(number)));
  }

  void stat(std::string& out) {
    std::uint64_t count = 0;
    std::uint64_t octets = 0;
    for (std::size_t i = 0; i < deleted_.size(); ++i) {
      if (deleted_[i]) continue;
      ++count;
      octets += maildrop_->octets(i);
    }
    ok(out, std::to_string(count) + " " + std::to_string(octets));
  }

  void begin_listing(bool unique_ids, std::string& out) {
    ok(out, "");
    unique_ids_ = unique_ids;
    next_ = 0;
    wait_ = Wait::room;
    more_of_listing(out);
  }

  void more_of_listing(std::string& out) {
    const auto end = out.size() + kPortion;
    for (; next_ < deleted_.size() && out.size() < end; ++next_) {
      if (!deleted_[next_]) out += row(next_, unique_ids_) + "\r\n";
    }
    if (next_ < deleted_.size()) return;
    out += ".\r\n";
    wait_ = Wait::octets;
  }

  void top(std::size_t number, const Words& words, std::string& out) {
    const auto lines =
        words.size() == 2 ? parse_number(words[1]) : std::nullopt;
    if (!lines) return complain(out, "TOP message lines");
    send(number, *lines, out);
  }

  void send(std::size_t number, std::optional<std::uint64_t> body_lines,
            std::string& out) {
    auto source = maildrop_->open(number);
    if (!source) return complain(out, "[SYS/TEMP] cannot be read");
    source_ = *std::move(source);
    slice_.reset();
    if (body_lines) slice_.emplace(*body_lines);
    ok(out, "");
    portion_.clear();
    appender_ = std::make_unique<StringAppender>(portion_);
    encoder_ = std::make_unique<pop3::MultilineEncoder>(*appender_);
    wait_ = Wait::room;
    more_of_message(out);
  }

  // Where reading fails, the line is cut: what has come must not pass for whole.
  void more_of_message(std::string& out) {
    char buffer[kPortion];
    const auto count = source_->read_some(buffer);
    if (!count) {
      source_.reset();
      return end();
    }
    std::string_view octets(buffer, *count);
    bool ended = octets.empty();
    if (slice_) {
      octets = slice_->feed(octets);
      ended = ended || slice_->done();
    }
    portion_.clear();
    (void)encoder_->write(octets);
    if (ended) (void)encoder_->finish();
    out += portion_;
    if (!ended) return;
    source_.reset();
    wait_ = Wait::octets;
  }

  // --- UPDATE --------------------------------------------------------------------

  void quit(std::string& out) {
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

  void capa(std::string& out) {
    ok(out, "");
    if (!maildrop_ && settings_.starttls && !secure_) out += "STLS\r\n";
    if (may_log_in()) {
      out += "USER\r\nSASL";
      for (const auto* name : SaslServer::kMechanisms) {
        out += std::string(" ") + name;
      }
      out += "\r\n";
    }
    out +=
        "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8\r\n"
        "EXPIRE NEVER\r\n.\r\n";
  }

  const Pop3Settings& settings_;
  Maildrops& maildrops_;
  Users& users_;
  FaultHook* faults_;
  LineInput input_;
  SaslServer login_{users_};
  bool login_runs_ = false;
  bool secure_ = false;
  std::string user_;  // of USER
  std::size_t errors_ = 0;
  std::unique_ptr<Maildrop> maildrop_;  // once logged in
  std::vector<bool> deleted_;
  // A listing under way.
  bool unique_ids_ = false;
  std::size_t next_ = 0;
  // A message under way.
  std::unique_ptr<Source> source_;
  std::optional<TextSlice> slice_;
  std::string portion_;
  std::unique_ptr<StringAppender> appender_;
  std::unique_ptr<pop3::MultilineEncoder> encoder_;
};

}  // namespace

std::unique_ptr<Session> make_pop3_session(const Pop3Settings& settings,
                                           Maildrops& maildrops, Users& users,
                                           FaultHook* faults) {
  return std::make_unique<Pop3Session>(settings, maildrops, users, faults);
}

}  // namespace mailtool::serve
