/// \file
/// SmtpBody: the message after DATA, and the verdict on it.
#pragma once

#include <string>

#include "client/smtp_verdict.h"
#include "mailtool/client/smtp_client.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool::client {

class SmtpBody {
 public:
  /// \pre the server has said 354
  SmtpBody(SmtpClient& client, Delivery& delivery)
      : client_(client), delivery_(delivery), verdict_(client, delivery) {}

  /// Sends `message`, the final dot and, with `last`, QUIT; then settles each
  /// accepted recipient of the delivery.
  void send(Source& message, LastMessage last);

 private:
  bool stream(Source& message);
  bool write_block(bool final);
  void take_early_reply();

  SmtpClient& client_;
  smtp::DataStuffer stuffer_;
  Delivery& delivery_;
  SmtpVerdict verdict_;
  std::string wire_;
};

}  // namespace mailtool::client
