/// \file
/// ServeWay: how mail of users for other domains goes out, in this run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/queue_state.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::app {

struct ServeWay {
  std::string host;          ///< how the server names itself
  net::Endpoint dns_server;  ///< whose MX records are followed
  std::uint16_t mx_port = 25;  ///< of all but `servers`
  /// Servers by domain (ASCII, lower case), at ports of their own or not:
  /// `mx.DOMAIN` of a NameZone is there.
  std::map<std::string, net::Endpoint, std::less<>> servers = {};
  std::vector<OwnDomain> own = {};  ///< those of the server
};

/// The ServedWay of the queue; its `since` is not known here.
[[nodiscard]] ServedWay served_way(const ServeWay& way);

}  // namespace mailtool::app
