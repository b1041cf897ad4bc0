/// \file
/// SmtpBody: the message after DATA, and the verdict on it.
#pragma once

#include <string>

#include "mailtool/client/smtp_client.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool::client {

class SmtpBody {
 public:
  /// \pre the server has said 354
  SmtpBody(SmtpClient& client, Delivery& delivery)
      : client_(client), delivery_(delivery) {}

  /// Sends `message`, the final dot and, with `last`, QUIT; then settles each
  /// accepted recipient of the delivery.
  void send(Source& message, LastMessage last);

 private:
  bool stream(Source& message);
  bool write_block(bool final);
  void take_early_reply();
  void take_verdict();
  void take_verdicts_of_lmtp();
  void judge(RecipientReport& report, const smtp::Reply& reply);
  /// Settles every recipient still taken for accepted but not yet judged.
  void settle(Outcome outcome, const Error& why);
  /// The message is half sent: nothing may follow, least of all a dot.
  void abandon(Outcome outcome, Error why);
  void unknown(Error why);

  SmtpClient& client_;
  smtp::DataStuffer stuffer_;
  Delivery& delivery_;
  std::string wire_;
  std::size_t judged_ = 0;  // recipients before this index have their verdict
};

}  // namespace mailtool::client
