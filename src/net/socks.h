/// \file
/// SOCKS5, the client's side (RFC 1928), without authentication.
#pragma once

#include <cstdint>
#include <string_view>

#include "mailtool/base/result.h"
#include "net/socket.h"

namespace mailtool::net {

/// Asks the proxy at the other end of `socket` for a connection to `host`, a
/// host name of A-labels or an IP literal. Fails with unreachable (the proxy's
/// reason), protocol (no SOCKS5), disconnected, or as Budget::wait.
Result<void> socks_connect(const Socket& socket, std::string_view host,
                           std::uint16_t port, const Budget& budget);

}  // namespace mailtool::net
