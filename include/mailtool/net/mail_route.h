/// \file
/// The route of mail to a domain: RFC 5321 section 5, RFC 7505.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/resolve_override.h"
#include "mailtool/net/resolver.h"

namespace mailtool::net {

/// Uniformly distributed 32 bits a call; random_bits() in earnest, a counter in
/// tests.
using RandomSource = std::function<std::uint32_t()>;
[[nodiscard]] std::uint32_t random_bits();

/// One host that takes the domain's mail.
struct MailHost {
  std::string host;                 ///< A-labels; the name to prove under TLS
  std::uint16_t preference = 0;     ///< 0 where there was no MX record
  std::vector<Endpoint> endpoints;  ///< at most kEndpointsPerHost
  bool authenticated = false;       ///< the MX and the addresses came with AD
};

inline constexpr std::size_t kMailHosts = 10;
inline constexpr std::size_t kEndpointsPerHost = 2;

struct MailRouteOptions {
  std::uint16_t port = 25;
  Family family = Family::any;
  std::vector<ResolveOverride> overrides = {};
};

/// The hosts to try, in order: by preference, shuffled inside a preference,
/// those alone that have an address. `domain` may be UTF-8 or an address
/// literal, "[192.0.2.1]" or "[IPv6:2001:db8::1]".
///
/// No MX record: the domain itself, if it has an address. Fails with no_host
/// when the domain does not exist, has neither MX nor address, takes no mail
/// (null MX), or when no MX names a host that exists; with unresolved whenever
/// asking again may find a host.
Result<std::vector<MailHost>> mail_route(const Resolver& resolver,
                                         std::string_view domain,
                                         const RandomSource& random,
                                         const MailRouteOptions& options = {});

}  // namespace mailtool::net
