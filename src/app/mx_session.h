/// \file
/// A session with a mail exchanger, brought up as its TLS rule says.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/connect.h"
#include "app/mx_plan.h"
#include "app/send_session.h"

namespace mailtool::app {

/// A session, or why there is none.
struct MxSessionStart {
  std::unique_ptr<SendSession> session;
  std::optional<Error> error;
  /// The address that was connected to; nullopt: none could be.
  std::optional<net::Endpoint> reached;
};

/// Connects to `host` at one of `endpoints`, greets and starts TLS.
///
/// Where TLS is opportunistic and the handshake failed, the same address is
/// tried again in clear text; no other failure has that effect. A host that
/// falls short of the policy of its domain fails with deferred. `progress` is
/// told of what is sent.
MxSessionStart start_session(Connector& connector, const MxHost& host,
                             const std::vector<net::Endpoint>& endpoints,
                             SendProgress* progress = nullptr);

}  // namespace mailtool::app
