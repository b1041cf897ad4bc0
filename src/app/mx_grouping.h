/// \file
/// Recipients grouped by the exchangers of their domains.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/mx_router.h"

namespace mailtool::app {

/// Where each recipient's mail goes: its domain in A-labels and lower case, or
/// an address literal. Fails with usage where there is none.
Result<std::string> mail_domain(const std::string& recipient);

/// One group for each set of exchangers; `routes[i]` belongs to `domains[i]`,
/// which are each other's equals in no two places. `domain_of[i]` is the index
/// of the domain of recipient i; npos leaves that one out. Domains without a
/// way share a group with none.
std::vector<MxGroup> group_by_exchangers(
    const std::vector<std::string>& domains, std::vector<MxRoute> routes,
    const std::vector<std::size_t>& domain_of);

/// What two sessions must have in common to be as good as each other: host,
/// addresses, and what TLS had to prove.
[[nodiscard]] std::string session_key(const MxHost& host);

}  // namespace mailtool::app
