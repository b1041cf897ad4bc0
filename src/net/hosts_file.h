/// \file
/// The hosts file, and the names that never reach DNS.
#pragma once

#include <string>
#include <vector>

#include "mailtool/net/ip_address.h"

namespace mailtool::net {

/// The addresses of `host` (lower case) in the hosts file at `path`, IPv6
/// first, at most 100. Empty when it has none or cannot be read; lines that are
/// no entries are passed over.
[[nodiscard]] std::vector<IpAddress> hosts_file_addresses(
    const std::string& path, const std::string& host, Family family);

/// ::1 and 127.0.0.1 for "localhost" and all below it (RFC 6761 section 6.3);
/// empty for other names.
[[nodiscard]] std::vector<IpAddress> localhost_addresses(
    const std::string& host, Family family);

}  // namespace mailtool::net
