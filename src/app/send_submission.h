/// \file
/// Submission: every message of a run to one server, over one connection.
#pragma once

#include <memory>
#include <optional>

#include "app/connect.h"
#include "app/send_route.h"
#include "app/send_session.h"

namespace mailtool::app {

class Submission : public SendRoute {
 public:
  /// All outlive it.
  Submission(const Invocation& invocation, Connector& connector,
             const ServerUrl& url, SendProgress* progress);
  /// Fails when the server cannot be reached or will not have us.
  Result<void> deliver(const OutgoingMessage& message,
                       std::vector<RecipientResult>& results,
                       client::LastMessage last) override;
  void finish() override;

 private:
  Result<void> connect();
  Result<void> start();

  const Invocation& invocation_;
  Connector& connector_;
  const ServerUrl& url_;
  SessionPlan plan_;
  std::unique_ptr<SendSession> session_;
  std::optional<Error> dead_;  // why no session can be had: not tried again
};

}  // namespace mailtool::app
