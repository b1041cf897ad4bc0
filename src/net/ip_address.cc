#include "mailtool/net/ip_address.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::net {
namespace {

// Longest text of an address: INET6_ADDRSTRLEN, "%" and an interface name.
constexpr std::size_t kMaxText = INET6_ADDRSTRLEN + 1 + IF_NAMESIZE;

// The zone of RFC 4007 section 11: an interface by name or by number.
std::optional<std::uint32_t> parse_zone(const std::string& zone) {
  if (zone.empty()) return std::nullopt;
  if (const auto number = parse_number(zone, UINT32_MAX))
    return static_cast<std::uint32_t>(*number);
  const unsigned index = if_nametoindex(zone.c_str());
  if (index == 0) return std::nullopt;
  return index;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() > kMaxText || has_line_break_or_nul(text))
    return std::nullopt;
  IpAddress address;
  std::string number(text);
  if (const auto percent = number.find('%'); percent != number.npos) {
    const auto zone = parse_zone(number.substr(percent + 1));
    if (!zone) return std::nullopt;
    address.scope = *zone;
    number.resize(percent);
  }
  address.v6 = number.find(':') != number.npos;
  if (!address.v6 && text.size() != number.size()) return std::nullopt;
  if (inet_pton(address.v6 ? AF_INET6 : AF_INET, number.c_str(),
                address.octets.data()) != 1)
    return std::nullopt;
  return address;
}

std::string IpAddress::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(v6 ? AF_INET6 : AF_INET, octets.data(), text, sizeof text);
  std::string all = text;
  if (scope != 0) all += '%' + std::to_string(scope);
  return all;
}

bool IpAddress::is_loopback() const noexcept {
  if (!v6) return octets[0] == 127;
  const auto zeros = [this](std::size_t count) {
    return std::all_of(octets.begin(),
                       octets.begin() + static_cast<std::ptrdiff_t>(count),
                       [](std::uint8_t octet) { return octet == 0; });
  };
  const bool one = zeros(15) && octets[15] == 1;
  const bool mapped = zeros(10) && octets[10] == 0xff && octets[11] == 0xff;
  return one || (mapped && octets[12] == 127);
}

std::string Endpoint::to_string() const {
  const std::string number = address.to_string();
  return (address.v6 ? '[' + number + ']' : number) + ':' +
         std::to_string(port);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text,
                                        std::uint16_t default_port) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == text.npos) return std::nullopt;
    host = text.substr(1, close - 1);
    if (host.find(':') == host.npos) return std::nullopt;
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const auto colon = text.find(':');
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto address = IpAddress::parse(host);
  if (!address) return std::nullopt;
  if (!port) {
    if (default_port == 0) return std::nullopt;
    return Endpoint{*address, default_port};
  }
  const auto number = parse_number(*port, 65535);
  if (!number || *number == 0) return std::nullopt;
  return Endpoint{*address, static_cast<std::uint16_t>(*number)};
}

}  // namespace mailtool::net
