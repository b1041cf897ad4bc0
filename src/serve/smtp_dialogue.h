/// \file
/// SmtpServer: the parts of an SMTP session, by what they are about.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/serve/smtp_session.h"
#include "mailtool/smtp/command.h"
#include "mailtool/smtp/reply.h"
#include "serve/line_input.h"
#include "serve/message_input.h"
#include "serve/sasl_server.h"

namespace mailtool::serve {

class SmtpServer final : public Session {
 public:
  SmtpServer(const SmtpSettings& settings, SmtpBackend& backend, Users& users,
             FaultHook* faults, std::string peer);
  void begin(std::string& out) override;
  std::size_t feed(std::string_view octets, std::string& out) override;
  [[nodiscard]] Upcoming upcoming() const override;
  void more(std::string&) override {}
  void settled(std::string& out) override;
  void secured(const TlsInfo& tls, std::string&) override;
  void dismiss(Dismissal why, std::string& out) override;
  [[nodiscard]] std::chrono::milliseconds patience() const override;

 private:
  enum class State : std::uint8_t { command, login, data, chunk };

  // smtp_session.cc: lines, and what they begin.
  std::size_t feed_line(std::string_view octets, std::string& out);
  void obey(std::string_view line, std::string& out);
  void on_unparsed(std::string_view verb, const Error& error, std::string& out);
  void say(std::string& out, const smtp::Reply& reply);
  /// What is said to it instead, on purpose.
  [[nodiscard]] std::optional<smtp::Reply> fault(
      std::string_view command, const std::vector<std::string>& subjects);
  void say_fault(const smtp::Reply& reply, std::string& out);
  /// A client that does nothing right is not listened to for ever.
  void complain(std::string& out, const smtp::Reply& reply);
  void refuse_recipient(std::string& out, const smtp::Reply& reply);
  void hang_up(std::string& out, std::string_view why);
  void reset();
  [[nodiscard]] bool greeted() const { return !envelope_.hello.name.empty(); }
  [[nodiscard]] bool may_log_in() const {
    return envelope_.tls || settings_.clear_text_login;
  }
  void on(smtp::Hello& hello, std::string& out);
  void on(smtp::Plain& plain, std::string& out);
  void start_tls(std::string& out);

  // smtp_session_login.cc
  void on(smtp::Auth& auth, std::string& out);
  void go_on(SaslServer::Step step, std::string& out);

  // smtp_session_message.cc: a transaction.
  void on(smtp::Mail& mail, std::string& out);
  void on(smtp::Rcpt& rcpt, std::string& out);
  void on(smtp::Bdat& bdat, std::string& out);
  void data(std::string& out);
  [[nodiscard]] std::vector<std::string> recipients() const;
  std::optional<smtp::Reply> begin_message();
  std::size_t feed_data(std::string_view octets, std::string& out);
  std::size_t feed_chunk(std::string_view octets, std::string& out);
  void end_chunk(std::string& out);
  void end_message(std::string& out);

  const SmtpSettings& settings_;
  SmtpBackend& backend_;
  Users& users_;
  FaultHook* faults_;
  LineInput input_;
  SaslServer login_{users_};
  State state_ = State::command;
  bool refuses_ = false;     // since the greeting: all but QUIT
  std::size_t errors_ = 0;   // since a message was taken
  std::size_t refused_ = 0;  // recipients, the same
  Envelope envelope_;
  bool mail_ = false;    // a transaction has begun
  bool chunks_ = false;  // and its message, by BDAT
  std::optional<MessageInput> message_;
  std::uint64_t left_ = 0;              // of the chunk
  bool last_ = false;                   // it is
  std::optional<smtp::Reply> refusal_;  // what will be said to it
  bool is_fault_ = false;               // and that is one on purpose
};

}  // namespace mailtool::serve
