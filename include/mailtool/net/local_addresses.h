/// \file
/// The addresses of this machine.
#pragma once

#include <vector>

#include "mailtool/net/ip_address.h"

namespace mailtool::net {

/// The addresses of all interfaces that are up, without loopback and link-local
/// ones: those by which others may know this machine. Empty where the system
/// does not say. At most 1,000.
[[nodiscard]] std::vector<IpAddress> local_addresses();

}  // namespace mailtool::net
