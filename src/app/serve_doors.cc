#include "app/serve_doors.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "app/json.h"
#include "app/serve_authority.h"
#include "mailtool/base/ascii.h"
#include "mailtool/net/local_addresses.h"

namespace mailtool::app {
namespace {

// Names are asked for over UDP and TCP, on the same port.
Result<OpenDoor> open_one(ServeDoor door) {
  auto listener = net::Listener::open(door.endpoint);
  if (!listener) return std::move(listener).error();
  door.endpoint.port = listener->port();
  OpenDoor open{door, *std::move(listener), {}};
  if (door.protocol != ServeProtocol::dns) return open;
  auto datagrams = net::DatagramServer::open(door.endpoint);
  if (!datagrams) return std::move(datagrams).error();
  open.datagrams.emplace(*std::move(datagrams));
  return open;
}

// Another port may do.
bool of_the_port(const Error& error) {
  return error.kind == ErrorKind::busy ||
         error.kind == ErrorKind::no_permission;
}

Result<OpenDoor> open_door(ServeDoor door) {
  // The first port that is free is free for TCP, and mostly for UDP, too.
  const bool any = door.endpoint.port == 0;
  const bool one = door.fixed || (any && door.protocol != ServeProtocol::dns);
  for (int left = one ? 1 : kServePortTries;;) {
    auto open = open_one(door);
    if (open || --left == 0 || !of_the_port(open.error())) return open;
    if (!any) ++door.endpoint.port;
  }
}

Error with_hint(Error error, const ServeDoor& door) {
  const auto option = "--" + std::string(door.name) + " ADDR:PORT";
  if (of_the_port(error)) {
    return std::move(error).with_hint("another port: " + option);
  }
  if (error.kind != ErrorKind::unreachable) return error;
  return std::move(error).with_hint("an address of this machine: " + option);
}

}  // namespace

net::IpAddress reachable(const net::IpAddress& address) {
  const bool all = std::all_of(address.octets.begin(), address.octets.end(),
                               [](std::uint8_t octet) { return octet == 0; });
  if (!all) return address;
  for (const auto& one : net::local_addresses()) {
    if (one.v6 == address.v6) return one;
  }
  return *net::IpAddress::parse(address.v6 ? "::1" : "127.0.0.1");
}

std::string OpenDoor::url() const {
  const net::Endpoint at{reachable(door.endpoint.address), door.endpoint.port};
  return std::string(door.scheme) + "://" + at.to_string();
}

Result<std::vector<OpenDoor>> open_doors(const ServeOptions& options) {
  std::vector<OpenDoor> open;
  for (const auto& door : options.doors) {
    auto one = open_door(door);
    if (!one) return with_hint(std::move(one).error(), door);
    open.push_back(*std::move(one));
  }
  return open;
}

std::vector<std::pair<std::string, std::string>> variables(
    const std::vector<OpenDoor>& doors, const ServeOptions& options,
    const ServeRoot& root) {
  const auto& first = doors.front().door.endpoint;
  std::vector<std::pair<std::string, std::string>> all{
      {"MAIL_HOST", reachable(first.address).to_string()},
      {"MAIL_PORT", std::to_string(first.port)},
      {"MAIL_DOMAIN", options.domains.front()},
      {"MAIL_ROOT", root.folder()},
      {"MAIL_USER", options.users.front().name},
      {"MAIL_PASSWORD", options.users.front().source.empty() ? "any" : ""},
      {"MAIL_CA", options.tls ? authority_file(root.folder()) : ""}};
  for (const auto name : serve_door_names()) {
    all.emplace_back("MAIL_" + upper(name) + "_PORT", "");
    for (const auto& [door, listener, datagrams] : doors) {
      if (door.name != name) continue;
      all.back().second = std::to_string(door.endpoint.port);
    }
  }
  return all;
}

Result<void> write_ready(const std::vector<OpenDoor>& doors,
                         const ServeOptions& options, const ServeRoot& root,
                         Output& out) {
  JsonWriter json(out);
  json.begin_object().field("type", "ready");
  json.field("pid", static_cast<std::int64_t>(::getpid()));
  json.field("root", root.folder());
  if (options.tls) json.field("ca", authority_file(root.folder()));
  json.field("host",
             reachable(doors.front().door.endpoint.address).to_string());
  for (const auto& [door, listener, datagrams] : doors) {
    json.field(door.name, unsigned{door.endpoint.port});
  }
  json.key("urls").begin_object();
  for (const auto& one : doors) json.field(one.door.name, one.url());
  json.end_object().key("domains").begin_array();
  for (const auto& domain : options.domains) json.value(domain);
  json.end_array().key("users").begin_array();
  for (const auto& user : options.users) json.value(user.name);
  json.end_array().end_object();
  if (auto wrote = json.end_line(); !wrote) return wrote;
  return out.flush();
}

}  // namespace mailtool::app
