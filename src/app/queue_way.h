/// \file
/// QueueWay: how the queue sends a message, as `send` would have at the time it
/// was queued, with the configuration of today.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/connect.h"
#include "app/queue_state.h"
#include "app/send_route.h"

namespace mailtool::app {

/// Puts into `state` what resolve_way() will need: account, config file, and
/// the options of sending that do not come from the config file, with paths
/// made absolute. Fails with usage on a secret that cannot be asked for again.
Result<void> note_way(const Invocation& send, QueueState& state);

struct QueueWay {
  Invocation invocation;          ///< of send
  std::optional<ServerUrl> url;   ///< nullopt: direct to mail exchangers
  std::int64_t since = 0;  ///< of the ServedWay that it is; 0: of none
  /// As MxOptions has them: of the ServedWay.
  std::map<std::string, net::Endpoint, std::less<>> servers = {};

  /// Of a ServedWay the server's own name (RFC 3464 section 2.2.2); else empty:
  /// it is this machine that reports.
  [[nodiscard]] std::string reporting_host() const;
};

/// Fails with config or usage when that leads nowhere (any more). `run` is the
/// invocation of the queue: what it says of output and terminal holds. `served`
/// is the way of what a server has queued: what the user has configured for mail
/// of his own is left out of that.
Result<QueueWay> resolve_way(const Invocation& run, const QueueState& state,
                             const Result<ServedWay>& served);

/// Equal for messages that go the same way.
[[nodiscard]] std::string way_key(const QueueState& state);

/// A route with its Connector; for one unit of work.
struct QueueRoute {
  std::unique_ptr<Connector> connector;
  std::unique_ptr<SendRoute> route;
};
/// `way` outlives it. Fails as Connector::make.
Result<QueueRoute> make_route(const QueueWay& way);

}  // namespace mailtool::app
