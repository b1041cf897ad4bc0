#include "app/serve_zone.h"

#include <algorithm>

namespace mailtool::app {
namespace {

const OpenDoor* find(ServeProtocol protocol,
                     const std::vector<OpenDoor>& doors) {
  const auto found = std::find_if(
      doors.begin(), doors.end(),
      [&](const OpenDoor& one) { return one.door.protocol == protocol; });
  return found == doors.end() ? nullptr : &*found;
}

// Where others find what listens there.
net::IpAddress address_of(ServeProtocol protocol,
                          const std::vector<OpenDoor>& doors) {
  const auto* found = find(protocol, doors);
  if (found == nullptr) return *net::IpAddress::parse("127.0.0.1");
  return reachable(found->door.endpoint.address);
}

}  // namespace

Result<net::NameZone> zone_of(const ServeOptions& options,
                              const std::vector<OpenDoor>& doors) {
  net::NameZone zone;
  const auto server = address_of(ServeProtocol::dns, doors);
  const auto mail = address_of(ServeProtocol::smtp, doors);
  auto all = options.neighbours;
  for (const auto& domain : options.domains) {
    all.emplace_back(domain, net::Endpoint{mail, 0});
  }
  for (const auto& [domain, at] : all) {
    auto added = zone.add(domain, at.address, server);
    if (!added) return std::move(added).error().at("--dns");
  }
  return zone;
}

std::optional<ServeWay> way_out(const ServeOptions& options,
                                const std::vector<OpenDoor>& doors) {
  const auto* names = find(ServeProtocol::dns, doors);
  if (!options.dns_server && names == nullptr) return std::nullopt;
  ServeWay way;
  way.host = options.domains.front();
  way.dns_server = options.dns_server.value_or(net::Endpoint{
      address_of(ServeProtocol::dns, doors),
      names != nullptr ? names->door.endpoint.port : std::uint16_t{53}});
  const auto* mail = find(ServeProtocol::smtp, doors);
  if (mail != nullptr) way.mx_port = mail->door.endpoint.port;
  if (options.mx_port != 0) way.mx_port = options.mx_port;
  for (const auto& [domain, at] : options.neighbours) {
    if (at.port != 0) way.servers[domain] = at;
  }
  if (mail == nullptr) return way;
  // Reports to our own users come in where we listen.
  const auto& own = mail->door.endpoint;
  for (const auto& domain : options.domains) {
    way.servers[domain] = {reachable(own.address), own.port};
  }
  return way;
}

}  // namespace mailtool::app
