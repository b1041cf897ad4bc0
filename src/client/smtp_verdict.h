/// \file
/// SmtpVerdict: what the server says to the message, for each recipient.
#pragma once

#include "mailtool/client/smtp_client.h"

namespace mailtool::client {

/// What errors of this phase name as their step.
inline constexpr std::string_view kMessageStep = "message";

class SmtpVerdict {
 public:
  SmtpVerdict(SmtpClient& client, Delivery& delivery)
      : client_(client), delivery_(delivery) {}

  /// Reads the reply to the whole message, in LMTP one for each recipient that
  /// was accepted (RFC 2033 section 4.2), and settles them.
  /// \pre the message has gone, to its last octet
  void take();
  /// The same, with the first reply already read.
  void take(const smtp::Reply& first);

  /// Settles every recipient that has no error and no verdict yet.
  void settle(Outcome outcome, const Error& why);
  /// The message is half sent: nothing may follow, least of all its end.
  void abandon(Outcome outcome, Error why);
  /// The message has gone and no verdict came.
  void unknown(Error why);

 private:
  void take_lmtp(const smtp::Reply& first);
  void judge(RecipientReport& report, const smtp::Reply& reply);

  SmtpClient& client_;
  Delivery& delivery_;
  std::size_t judged_ = 0;  // recipients before this index have their verdict
};

}  // namespace mailtool::client
