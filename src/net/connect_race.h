/// \file
/// The connection race of RFC 8305 ("Happy Eyeballs Version 2").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"
#include "net/socket.h"
#include "net/wait.h"

namespace mailtool::net {

/// At most this many addresses of one host are tried.
inline constexpr std::size_t kMaxAttempts = 20;

struct Connected {
  Socket socket;
  Endpoint peer;
};

/// The families taking turns, the first one's first; order inside a family is
/// kept (RFC 8305 section 4).
[[nodiscard]] std::vector<Endpoint> interleave(
    const std::vector<Endpoint>& endpoints);

/// Connects to each in turn, the next 250 ms after the one before or as soon as
/// it has failed; the first to answer wins. Fails with unreachable (each
/// address with its reason), timed_out, interrupted, system.
Result<Connected> connect_first(const std::vector<Endpoint>& endpoints,
                                const std::optional<IpAddress>& source,
                                const Budget& budget);

/// Connects to a unix socket. Fails with usage (a path too long), unreachable,
/// or as Budget::wait.
Result<Socket> connect_unix(const std::string& path, const Budget& budget);

}  // namespace mailtool::net
