/// \file
/// Pop3Server: the parts of a POP3 session, by its states.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/pop3/multiline.h"
#include "mailtool/serve/pop3_session.h"
#include "serve/line_input.h"
#include "serve/sasl_server.h"
#include "serve/text_slice.h"

namespace mailtool::serve {

class Pop3Server final : public Session {
 public:
  Pop3Server(const Pop3Settings& settings, Maildrops& maildrops, Users& users,
             FaultHook* faults);
  void begin(std::string& out) override;
  std::size_t feed(std::string_view octets, std::string& out) override;
  [[nodiscard]] Upcoming upcoming() const override {
    return {login_runs_ ? Upcoming::Kind::secret : Upcoming::Kind::command};
  }
  void more(std::string& out) override;
  void settled(std::string& out) override;
  void secured(const TlsInfo& tls, std::string&) override;
  void dismiss(Dismissal why, std::string& out) override;
  [[nodiscard]] std::chrono::milliseconds patience() const override {
    return maildrop_ ? settings_.patience : settings_.before_login;
  }

 private:
  using Words = std::vector<std::string_view>;

  // pop3_session.cc: lines, and what they begin.
  void take(LineInput::Event event, std::string& out);
  void obey(std::string_view line, std::string& out);
  void ok(std::string& out, std::string text = {});
  void err(std::string& out, std::string text);
  /// True where something else is said to it, on purpose.
  bool struck(std::string_view command, std::string_view subject,
              std::string& out);
  void end();
  void hang_up(std::string& out, std::string text);
  void complain(std::string& out, std::string text);
  void capa(std::string& out);
  void quit(std::string& out);

  // pop3_session_login.cc: AUTHORIZATION.
  [[nodiscard]] bool may_log_in() const {
    return secure_ || settings_.clear_text_login;
  }
  void authorize(std::string_view verb, std::string_view rest,
                 std::string& out);
  void start_tls(std::string& out);
  void authenticate(std::string_view rest, std::string& out);
  void go_on(const SaslServer::Step& step, std::string& out);
  /// `why`: empty where nothing more is told.
  void refuse_login(std::string_view why, std::string& out);
  void enter(const std::string& user, std::string& out);
  void open_when_ready(std::string& out);

  // pop3_session_messages.cc: TRANSACTION.
  void transact(std::string_view verb, const Words& words, std::string& out);
  [[nodiscard]] std::optional<std::size_t> message(std::string_view word) const;
  [[nodiscard]] std::string row(std::size_t number, bool unique_id) const;
  void stat(std::string& out);
  void begin_listing(bool unique_ids, std::string& out);
  void more_of_listing(std::string& out);
  void top(std::size_t number, const Words& words, std::string& out);
  void send(std::size_t number, std::optional<std::uint64_t> body_lines,
            std::string& out);
  void more_of_message(std::string& out);

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
  std::unique_ptr<Maildrop> opening_;   // while it is not ready
  std::unique_ptr<Maildrop> maildrop_;  // once logged in
  std::vector<bool> deleted_;
  // A listing under way.
  bool unique_ids_ = false;
  std::size_t next_ = 0;
  // A message under way.
  std::unique_ptr<Source> source_;
  std::optional<TextSlice> slice_;
  std::string portion_;
  std::unique_ptr<Sink> appender_;
  std::unique_ptr<pop3::MultilineEncoder> encoder_;
};

}  // namespace mailtool::serve
