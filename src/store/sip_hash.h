/// \file
/// SipHash-2-4: a hash whose collisions nobody finds without its secret.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mailtool::store {

/// 128 bits each; the first word holds the first 8 octets, little-endian.
using SipSecret = std::array<std::uint64_t, 2>;
using SipHash = std::array<std::uint64_t, 2>;

[[nodiscard]] SipHash sip_hash(const SipSecret& secret, std::string_view text);

}  // namespace mailtool::store
