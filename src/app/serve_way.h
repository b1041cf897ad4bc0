/// \file
/// ServeWay: how mail of users for other domains goes out, in this run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/queue_state.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::app {

struct ServeWay {
  std::string host;          ///< how the server names itself
  net::Endpoint dns_server;  ///< whose MX records are followed
  std::uint16_t mx_port = 25;
  /// Servers at ports of their own, by domain (ASCII, lower case): `mx.DOMAIN`
  /// of a NameZone is there.
  std::map<std::string, net::Endpoint, std::less<>> servers = {};
};

/// What the user has configured for mail of his own is left out of it: the
/// config file of what a server queues.
inline constexpr const char* kServedConfig = "/dev/null";

/// The options of `send` by which `about` goes: those of its recipients'
/// domains, and of its sender's, to whom a report may go.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> way_options(
    const ServeWay& way, const QueueState& about);

/// A message that another run has queued goes by the way of this one, and what
/// of it waits is due at once, since it may have waited for a server that was
/// elsewhere. False: it does so already, or is not from a server.
bool readdress(QueueState& state, const ServeWay& way);

}  // namespace mailtool::app
