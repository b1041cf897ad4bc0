/// \file
/// The few digests that SASL needs, over libcrypto.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailtool::sasl {

enum class Digest : std::uint8_t { md5, sha1, sha256 };

// nullopt where the library will not compute it (MD5 under FIPS).
std::optional<std::string> hash(Digest digest, std::string_view octets);
std::optional<std::string> hmac(Digest digest, std::string_view key,
                                std::string_view octets);
/// PBKDF2 with HMAC and one block of output: Hi() of RFC 5802 section 2.2.
std::optional<std::string> salted_password(Digest digest,
                                           std::string_view password,
                                           std::string_view salt,
                                           std::uint64_t iterations);
/// Takes the same time whatever the octets are.
bool equal_in_constant_time(std::string_view a, std::string_view b);
/// Octets nobody can guess; nullopt when the system has none.
std::optional<std::string> random_octets(std::size_t count);
std::string lower_hex(std::string_view octets);

}  // namespace mailtool::sasl
