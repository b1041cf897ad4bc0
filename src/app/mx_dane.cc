#include "app/mx_dane.h"

#include <utility>

namespace mailtool::app {
namespace {

using State = DaneFinding::State;

// No more than a server would need: each is a key to hash against.
constexpr std::size_t kMaxAssociations = 100;

DaneFinding judge(const net::Records<net::TlsaRecord>& found, std::string base,
                  std::string owner) {
  DaneFinding finding{
      State::unusable, {}, std::move(base), std::move(owner), {}};
  for (const auto& record : found.records) {
    net::TlsAssociation one{record.usage, record.selector, record.matching,
                            record.data};
    if (finding.associations.size() == kMaxAssociations) break;
    if (net::is_usable(one)) finding.associations.push_back(std::move(one));
  }
  if (!finding.associations.empty()) finding.state = State::usable;
  return finding;
}

}  // namespace

DaneFinding find_dane(const net::Resolver& resolver, const net::MailHost& host,
                      std::uint16_t port) {
  if (!host.authenticated) return {};
  std::vector<std::string> bases;
  if (!host.canonical.empty() && host.canonical != host.host) {
    bases.push_back(host.canonical);
  }
  bases.push_back(host.host);
  for (auto& base : bases) {
    auto owner = "_" + std::to_string(port) + "._tcp." + base;
    const auto found = resolver.tlsa(owner);
    if (!found && found.error().kind == ErrorKind::no_host) continue;
    if (!found) {
      return {
          State::unknown, {}, std::move(base), std::move(owner), found.error()};
    }
    if (!found->authenticated || found->records.empty()) continue;
    return judge(*found, std::move(base), std::move(owner));
  }
  return {};
}

}  // namespace mailtool::app
