/// \file
/// The route of mail to a domain: RFC 5321 section 5, RFC 7505.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
  std::string host;              ///< A-labels; the name to prove under TLS
  std::uint16_t preference = 0;  ///< 0 where there was no MX record
  /// The families take turns; inside one, the order of the answer.
  std::vector<Endpoint> endpoints;
  bool authenticated = false;  ///< the MX and the addresses came with AD
  std::string canonical;       ///< `host` behind its aliases
  std::string domain;          ///< the one asked for, behind its aliases
  /// Why there are no endpoints: asking again may find some. Nothing that the
  /// hosts behind this one lack is final then.
  std::optional<Error> unresolved = std::nullopt;
};

/// Hosts that are looked at, and addresses of all of them that are kept: two a
/// host, and what is left goes to the most preferred.
inline constexpr std::size_t kMailHosts = 10;
inline constexpr std::size_t kMailAddresses = 5;

/// This machine, as it may stand in an MX list.
struct OwnIdentity {
  std::vector<std::string> names;  ///< A-labels, lower case
  std::vector<IpAddress> addresses;
};

struct MailRouteOptions {
  std::uint16_t port = 25;
  Family family = Family::any;
  std::vector<ResolveOverride> overrides = {};
  OwnIdentity own = {};
};

/// The hosts to try, in order: by preference, shuffled inside a preference,
/// those alone that have an address or may have one. `domain` may be UTF-8 or
/// an address literal, "[192.0.2.1]" or "[IPv6:2001:db8::1]".
///
/// No MX record: the domain itself, if it has an address. Where the list names
/// this machine, it and all that are not preferred to it are left out (RFC 5321
/// section 5.1): they would send the mail here.
///
/// Fails with no_host when the domain does not exist, has neither MX nor
/// address, takes no mail (null MX), or when no MX names a host that exists;
/// with unresolved when none has an address and asking again may find one; with
/// config when its mail is for this machine.
Result<std::vector<MailHost>> mail_route(const Resolver& resolver,
                                         std::string_view domain,
                                         const RandomSource& random,
                                         const MailRouteOptions& options = {});

}  // namespace mailtool::net
