/// \file
/// SmtpTransaction: MAIL, RCPT and the message; one SmtpClient::send.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/smtp_verdict.h"
#include "mailtool/client/smtp_client.h"

namespace mailtool::client {

/// The commands go in flights: where the server offers PIPELINING (RFC 2920) a
/// flight is all that fits the window, else a single command. Replies are taken
/// in order after each flight. Where the server offers CHUNKING (RFC 3030) too,
/// the message goes along with the last flight by BDAT: a small one whole, a
/// long one in chunks. Else it goes by DATA, or a binary one by BDAT, once a
/// recipient is accepted.
class SmtpTransaction {
 public:
  SmtpTransaction(SmtpClient& client, const Envelope& envelope,
                  const MessageForms& forms, LastMessage last);

  Delivery run();

 private:
  /// `message` is BDAT with the whole message behind it; `chunks` stands for
  /// BDAT as often as it takes.
  enum class Kind : std::uint8_t {
    reset, mail, recipient, data, message, chunks
  };
  struct Pending {
    Kind kind;
    std::size_t recipient;  // index, for recipient
    std::string line;       // with CRLF
  };
  struct Flight {
    std::size_t end;  // the first command that stays behind
    bool message = false;
    bool chunks = false;
    bool quit = false;
    std::string octets = {};
  };

  [[nodiscard]] static std::string step_of(const Pending& command);

  // smtp_prepare.cc: what will be said, before anything is.
  Result<void> prepare();
  Result<void> in_step();
  Result<void> check_utf8();
  Result<void> choose_form();
  Result<void> read_small();
  [[nodiscard]] Result<std::string> mail_line() const;
  void add_recipient(std::size_t index);
  [[nodiscard]] std::optional<std::string> over_limit(
      const std::string& address);
  void add_message_command();

  // smtp_flight.cc: what goes together, and the message with it.
  [[nodiscard]] Flight next_flight(std::size_t next) const;
  Result<void> take_flight(const Flight& flight, std::size_t next);
  [[nodiscard]] LastMessage last_here() const;
  void send_chunks(std::size_t next, std::size_t end);
  void take_message_reply(const smtp::Reply& reply);
  /// The whole message went along with commands that were not all answered.
  void lost_with_message(Error why);
  /// The server offered CHUNKING in vain: once more by DATA, or say so.
  void without_chunking();

  // smtp_transaction.cc: the conversation.
  Result<void> converse();
  [[nodiscard]] bool pointless(const Pending& command) const;
  void take_reply(const Pending& command, const smtp::Reply& reply);
  void take_mail_reply(const Pending& command, const smtp::Reply& reply);
  void take_recipient_reply(const Pending& command, const smtp::Reply& reply);
  void take_data_reply(const smtp::Reply& reply);
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
  SmtpVerdict verdict_;
  MessageText text_;
  std::optional<std::string> small_;  // the message, where it goes in a flight
  std::vector<Pending> commands_;
  std::set<std::string> domains_;  // of the recipients, in lower case
  std::size_t recipients_ = 0;     // in commands_
  std::optional<Error> mail_refused_;
  std::optional<Error> data_refused_;
  bool smtputf8_ = false;  // for this transaction
  bool mail_accepted_ = false;
  bool go_ahead_ = false;  // 354
  bool no_bdat_ = false;   // the server does not know it after all
  std::optional<Error> too_many_;  // the server's words to the first
};

}  // namespace mailtool::client
