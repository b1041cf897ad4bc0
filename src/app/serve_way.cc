#include "app/serve_way.h"

#include <set>

#include "mailtool/net/idn.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

void add_domain(const std::string& address, std::set<std::string>& to) {
  const auto mailbox = smtp::parse_mailbox(address);
  if (!mailbox) return;
  auto domain = net::to_ascii_host(mailbox->domain);
  if (domain) to.insert(*std::move(domain));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> way_options(
    const ServeWay& way, const QueueState& about) {
  const auto port = std::to_string(way.mx_port);
  std::vector<std::pair<std::string, std::string>> options{
      {"mx", ""},
      {"mx-port", port},
      {"mx-tls-policy", "none"},
      {"dns-server", way.dns_server.to_string()},
      {"helo", way.host}};
  if (way.servers.empty()) return options;
  std::set<std::string> domains;
  add_domain(about.sender, domains);
  for (const auto& one : about.recipients) add_domain(one.address, domains);
  for (const auto& domain : domains) {
    const auto at = way.servers.find(domain);
    if (at == way.servers.end()) continue;
    options.emplace_back("resolve", "mx." + domain + ":" + port + ":" +
                                        at->second.to_string());
  }
  return options;
}

bool readdress(QueueState& state, const ServeWay& way) {
  if (state.config != kServedConfig) return false;
  auto options = way_options(way, state);
  if (state.options == options) return false;
  state.options = std::move(options);
  for (auto& one : state.recipients) {
    if (one.outcome == QueueOutcome::waiting) one.next_try = 0;
  }
  return true;
}

}  // namespace mailtool::app
