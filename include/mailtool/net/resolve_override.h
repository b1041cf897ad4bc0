/// \file
/// ResolveOverride: --resolve HOST:PORT:ADDR[:PORT].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {

/// Connect to `to` where HOST:PORT is meant; names are proved for HOST still.
struct ResolveOverride {
  std::string host;  ///< A-labels, lower case; or "*" for every host
  std::uint16_t port = 0;
  Endpoint to;
};

/// Fails with usage. IPv6 addresses stand in brackets where a port follows.
Result<ResolveOverride> parse_resolve_override(std::string_view text);

/// Where `host`:`port` leads, in the order given; empty: ask DNS.
[[nodiscard]] std::vector<Endpoint> overridden(
    const std::vector<ResolveOverride>& overrides, std::string_view host,
    std::uint16_t port);

}  // namespace mailtool::net
