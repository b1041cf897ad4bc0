/// \file
/// SendRoute: how the messages of a run reach their recipients.
#pragma once

#include <vector>

#include "app/outgoing_message.h"
#include "app/send_report.h"
#include "mailtool/client/smtp_delivery.h"

namespace mailtool::app {

class SendRoute {
 public:
  virtual ~SendRoute() = default;
  /// Records in `results`, one for each recipient of `message`, what became of
  /// it. `last`: no other message follows. An Error ends the run: interrupted,
  /// or what would keep every other message from being sent as well.
  virtual Result<void> deliver(const OutgoingMessage& message,
                               std::vector<RecipientResult>& results,
                               client::LastMessage last) = 0;
  /// Takes leave of the servers.
  virtual void finish() = 0;
};

}  // namespace mailtool::app
