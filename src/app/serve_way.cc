#include "app/serve_way.h"

namespace mailtool::app {

ServedWay served_way(const ServeWay& way) {
  const auto port = std::to_string(way.mx_port);
  ServedWay served;
  served.options = {{"mx", ""},
                    {"mx-port", port},
                    {"mx-tls-policy", "none"},
                    {"dns-server", way.dns_server.to_string()},
                    {"helo", way.host}};
  for (const auto& [domain, at] : way.servers) {
    served.options.emplace_back(
        "resolve", "mx." + domain + ":" + port + ":" + at.to_string());
  }
  served.own = way.own;
  return served;
}

}  // namespace mailtool::app
