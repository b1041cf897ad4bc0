/// \file
/// Host names: syntax (RFC 1123 section 2.1, RFC 952) and IDNA (RFC 5891).
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::net {

/// True for a name of 1..253 octets with labels of 1..63 letters, digits and
/// inner hyphens, whose last label is not all digits (an address is no name).
/// `name` has no trailing dot.
[[nodiscard]] bool is_host_name(std::string_view name) noexcept;

/// As is_host_name, but a label may also hold underscores: owner names of SRV,
/// TLSA and TXT records (RFC 8552). Never a host to connect to.
[[nodiscard]] bool is_owner_name(std::string_view name) noexcept;

/// True for an IPv4 or IPv6 address, with or without brackets.
[[nodiscard]] bool is_ip_literal(std::string_view host);

/// `name` (UTF-8) as DNS and certificates have it: A-labels, lower case, one
/// trailing dot removed. Fails with no_host when that is no host name; an IP
/// literal is none.
Result<std::string> to_ascii_host(std::string_view name);

/// As to_ascii_host, for owner names: underscores are kept.
Result<std::string> to_ascii_owner(std::string_view name);

}  // namespace mailtool::net
