#include "app/serve_way.h"

namespace mailtool::app {

std::vector<std::pair<std::string, std::string>> way_options(
    const ServeWay& way) {
  const auto port = std::to_string(way.mx_port);
  std::vector<std::pair<std::string, std::string>> options{
      {"mx", ""},
      {"mx-port", port},
      {"mx-tls-policy", "none"},
      {"dns-server", way.dns_server.to_string()},
      {"helo", way.host}};
  for (const auto& [domain, at] : way.servers) {
    options.emplace_back("resolve",
                         "mx." + domain + ":" + port + ":" + at.to_string());
  }
  return options;
}

}  // namespace mailtool::app
