/// \file
/// send --explain: what would be done, and why, before anything is connected.
#pragma once

#include <vector>

#include "app/connect.h"
#include "app/mx_delivery.h"
#include "app/output.h"
#include "app/send_sign.h"
#include "app/send_supply.h"

namespace mailtool::app {

/// Prints the plan for each message: account, route, addresses, TLS, login,
/// form and signature; JSON lines of type "explain" with --json.
class ExplainedMessages : public MessageTaker {
 public:
  /// All outlive it. Exactly one of `url` and `direct` is not null.
  ExplainedMessages(const Invocation& invocation, Connector& connector,
                    const ServerUrl* url, MxDelivery* direct,
                    MessageSigner& signer, Output& out);

  Result<void> take(OutgoingMessage message) override;
  void failed(Error error) override;
  /// Temporary or permanent where a recipient has no route.
  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  struct Line {
    std::string name;  // "route"; also the key in JSON
    std::string text;
  };
  void about_message(const OutgoingMessage& message);
  Result<void> about_server(const OutgoingMessage& message);
  Result<void> about_groups(const OutgoingMessage& message);
  void about_group(const MxGroup& group, const OutgoingMessage& message);
  void about_host(const MxHost& host);
  void add(std::string name, std::string text);
  Result<void> print();

  const Invocation& invocation_;
  Connector& connector_;
  const ServerUrl* url_;
  MxDelivery* direct_;
  MessageSigner& signer_;
  Output& out_;
  std::vector<Line> lines_;
  ExitStatus status_ = ExitStatus::ok;
  bool first_ = true;
};

}  // namespace mailtool::app
