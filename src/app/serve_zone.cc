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
  if (!options.relays()) return std::nullopt;
  const auto* names = find(ServeProtocol::dns, doors);
  const auto& smtp = find(ServeProtocol::smtp, doors)->door.endpoint;
  ServeWay way;
  way.host = options.domains.front();
  way.dns_server = options.dns_server
                       ? *options.dns_server
                       : net::Endpoint{address_of(ServeProtocol::dns, doors),
                                       names->door.endpoint.port};
  way.mx_port = options.mx_port != 0 ? options.mx_port : smtp.port;
  // Those that only the zone knows are told all the same: where one is elsewhere
  // now it is another way, by which all that waits is tried at once.
  for (const auto& [domain, at] : options.neighbours) {
    if (at.port != 0) {
      way.servers[domain] = at;
    } else if (!options.dns_server) {
      way.servers[domain] = {at.address, way.mx_port};
    }
  }
  // Reports to our own users come in where we listen.
  for (const auto& domain : options.own_domains()) {
    way.own.push_back({domain, {reachable(smtp.address), smtp.port}});
  }
  return way;
}

}  // namespace mailtool::app
