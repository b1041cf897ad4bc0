/// \file
/// IpAddress and Endpoint: where to connect, as numbers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailtool::net {

/// Which address families may be used: -4, -6, or both.
enum class Family : std::uint8_t { any, ipv4, ipv6 };

/// An IPv4 or IPv6 address. `octets` is in network order; IPv4 uses four.
struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> octets{};
  std::uint32_t scope = 0;  ///< interface index of a link-local IPv6 address

  /// "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; no brackets, no port, no
  /// octal or short IPv4 forms.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  /// 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6.
  [[nodiscard]] bool is_loopback() const noexcept;
  [[nodiscard]] bool allowed_by(Family family) const noexcept {
    return family == Family::any || (family == Family::ipv6) == v6;
  }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  /// "192.0.2.1:25", "[2001:db8::1]:25".
  [[nodiscard]] std::string to_string() const;
  /// The inverse; the port may be left out where `default_port` is not 0. IPv6
  /// with a port needs brackets.
  [[nodiscard]] static std::optional<Endpoint> parse(
      std::string_view text, std::uint16_t default_port = 0);
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace mailtool::net
