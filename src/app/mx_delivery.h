/// \file
/// MxDelivery: messages to the mail exchangers of their recipients' domains
/// (RFC 5321 section 5), several at a time, sessions kept for the next message.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "app/connect.h"
#include "app/mx_options.h"
#include "app/mx_plan.h"
#include "app/outgoing_message.h"
#include "app/send_progress.h"
#include "app/send_report.h"
#include "app/send_route.h"

namespace mailtool::app {

/// Delivers as --mx, --jobs, --mx-tls-policy and --tls say.
///
/// Recipients are grouped by the set of exchangers of their domains, groups are
/// delivered side by side (--jobs threads), at most 100 recipients a
/// transaction. In a group the hosts are tried in order until each recipient
/// has a final answer:
///
/// - a host that cannot be reached, greets with 4yz or 5yz, or fails in EHLO or
///   TLS: its next address, then the next host;
/// - 4yz to MAIL, DATA or the message, or a connection lost before the final
///   dot: its recipients go to the next host; 4yz to RCPT: that one does;
/// - 5yz to MAIL, DATA or the message, and a connection lost after the final
///   dot: final for all. 5yz to RCPT: final for that one.
///
/// At most 5 addresses and 2 sessions a group. Where TLS is opportunistic and
/// the handshake fails, the same address is tried again in clear text, and only
/// then.
class MxDelivery : public SendRoute {
 public:
  /// `invocation`, `connector` and `progress`, which may be null, outlive it.
  MxDelivery(const Invocation& invocation, Connector& connector,
             const MxOptions& options, SendProgress* progress = nullptr);
  ~MxDelivery() override;
  MxDelivery(const MxDelivery&) = delete;
  MxDelivery& operator=(const MxDelivery&) = delete;

  /// One message to all of `results`, whose recipients are addresses of the
  /// envelope. May be called for many messages. What became of each recipient
  /// is recorded in `results`; fails with interrupted alone. With --dry-run it
  /// stops after EHLO and TLS, and the results are a plan.
  ///
  /// Several threads read `message` and write distinct `results`.
  Result<void> deliver(const OutgoingMessage& message,
                       std::vector<RecipientResult>& results,
                       client::LastMessage last) override;

  /// What deliver() would do, without connecting to any mail server: --explain.
  /// Asks DNS, and where a domain has MTA-STS its web server.
  Result<std::vector<MxGroup>> explain(
      const std::vector<RecipientResult>& results);

  /// Says QUIT to all sessions that are kept.
  void finish() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mailtool::app
