#include "app/serve_zone.h"

#include <algorithm>

namespace mailtool::app {
namespace {

// Where others find what listens there; on all addresses it is on loopback, too.
net::IpAddress address_of(ServeProtocol protocol,
                          const std::vector<OpenDoor>& doors) {
  const auto loopback = *net::IpAddress::parse("127.0.0.1");
  const auto found =
      std::find_if(doors.begin(), doors.end(), [&](const OpenDoor& one) {
        return one.door.protocol == protocol;
      });
  if (found == doors.end()) return loopback;
  const auto& address = found->door.endpoint.address;
  const bool any = std::all_of(address.octets.begin(), address.octets.end(),
                               [](std::uint8_t octet) { return octet == 0; });
  return any ? loopback : address;
}

}  // namespace

Result<net::NameZone> zone_of(const ServeOptions& options,
                              const std::vector<OpenDoor>& doors) {
  net::NameZone zone;
  const auto server = address_of(ServeProtocol::dns, doors);
  const auto mail = address_of(ServeProtocol::smtp, doors);
  auto all = options.neighbours;
  for (const auto& domain : options.domains) all.emplace_back(domain, mail);
  for (const auto& [domain, address] : all) {
    auto added = zone.add(domain, address, server);
    if (!added) return std::move(added).error().at("--dns");
  }
  return zone;
}

}  // namespace mailtool::app
