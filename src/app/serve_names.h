/// \file
/// The name server of `serve`: its domains, and those of servers beside it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/option_values.h"
#include "mailtool/net/name_zone.h"
#include "mailtool/serve/session.h"

namespace mailtool::app {

/// Domains of other servers, and where mail for them goes; port 0: that of all.
using ServeNeighbours = std::vector<std::pair<std::string, net::Endpoint>>;

/// --dns-domain DOMAIN=ADDR[:PORT]. Fails with usage.
Result<ServeNeighbours> read_neighbours(const OptionValues& options);

/// Questions over TCP: RFC 1035 section 4.2.2, RFC 7766. `zone` outlives it.
[[nodiscard]] std::unique_ptr<serve::Session> make_name_session(
    const net::NameZone& zone);

}  // namespace mailtool::app
