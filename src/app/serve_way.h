/// \file
/// ServeWay: how mail of users for other domains goes out, in this run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

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

/// The options of `send` by which all goes: of the ServedWay of the queue.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> way_options(
    const ServeWay& way);

}  // namespace mailtool::app
