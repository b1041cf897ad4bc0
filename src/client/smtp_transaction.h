/// \file
/// SmtpTransaction: MAIL, RCPT, DATA and the message; one SmtpClient::send.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "mailtool/client/smtp_client.h"

namespace mailtool::client {

/// The commands go in flights: where the server offers PIPELINING (RFC 2920) a
/// flight is all that fits the window, else a single command. Replies are taken
/// in order after each flight.
class SmtpTransaction {
 public:
  SmtpTransaction(SmtpClient& client, const Envelope& envelope,
                  const MessageForms& forms, LastMessage last);

  Delivery run();

 private:
  enum class Kind : std::uint8_t { reset, mail, recipient, data };
  struct Pending {
    Kind kind;
    std::size_t recipient;  // index, for recipient
    std::string line;       // with CRLF
  };

  [[nodiscard]] Result<void> check_utf8() const;
  Result<void> choose_form();
  Result<void> prepare();
  [[nodiscard]] Result<std::string> mail_line() const;
  void add_recipient(std::size_t index);
  Result<void> converse();
  std::size_t write_flight(std::size_t next, std::string& octets) const;
  [[nodiscard]] bool pointless(const Pending& command) const;
  void take_reply(const Pending& command, const smtp::Reply& reply);
  void take_recipient_reply(const Pending& command, const smtp::Reply& reply);
  Result<void> end_empty();
  Delivery finish();

  void settle(RecipientReport& report, const Error& why);
  void settle_too_many(RecipientReport& report, Error why);
  /// Every recipient that is not refused already shares this fate.
  void settle_rest(const Error& why);
  [[nodiscard]] std::size_t accepted_count() const;

  SmtpClient& client_;
  const smtp::Capabilities& offers_;
  const Envelope& envelope_;
  const MessageForms& forms_;
  LastMessage last_;
  Delivery delivery_;
  MessageText text_;
  std::vector<Pending> commands_;
  std::optional<Error> mail_refused_;
  std::optional<Error> data_refused_;
  bool mail_accepted_ = false;
  bool go_ahead_ = false;  // 354
  std::optional<Error> too_many_;  // the server's words to the first
};

}  // namespace mailtool::client
