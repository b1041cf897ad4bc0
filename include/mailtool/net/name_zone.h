/// \file
/// NameZone: what a name server of a few domains answers. Octets in, octets out
/// (RFC 1034, RFC 1035, RFC 2308, RFC 6891).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {

/// Of each domain: SOA, NS (ns.DOMAIN), MX (mx.DOMAIN), and addresses of all
/// three. There are no other names in this world: what is asked for is either
/// known or does not exist.
class NameZone {
 public:
  /// Of all answers, seconds: a world for trying changes soon.
  static constexpr std::uint32_t kTtl = 5;
  /// RFC 6891 section 6.2.5; and of an answer without EDNS, RFC 1035 section
  /// 2.3.4.
  static constexpr std::size_t kUdpOctets = 1232;
  static constexpr std::size_t kPlainOctets = 512;

  /// `mail` is where mail for `domain` goes, `server` where the name server is.
  /// Fails with usage where `domain` is no host name, or too long for "mx." in
  /// front.
  Result<void> add(std::string_view domain, const IpAddress& mail,
                   const IpAddress& server);

  /// The answer to one message; over UDP it is cut to what the asker takes.
  /// nullopt: there is none to what is no question.
  [[nodiscard]] std::optional<std::string> answer(std::string_view message,
                                                  bool udp) const;

 private:
  struct Name {
    std::string domain;      // that it belongs to
    bool is_domain = false;  // or it is of a host of it
    std::vector<IpAddress> addresses;
  };
  std::map<std::string, Name, std::less<>> names_;  // lower case
};

}  // namespace mailtool::net
