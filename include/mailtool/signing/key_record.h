/// \file
/// Key records: RFC 6376 section 3.6.1, RFC 8463 section 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/signing/verdict.h"

namespace mailtool::signing {

enum class KeyType : std::uint8_t { rsa, ed25519 };

[[nodiscard]] std::string_view to_string(KeyType type) noexcept;

struct KeyRecord {
  KeyType type = KeyType::rsa;
  std::string key;  ///< octets of p=: SubjectPublicKeyInfo, or 32 of Ed25519
  bool testing = false;      ///< t=y: the signer tries DKIM out
  bool same_domain = false;  ///< t=s: i= and d= must be one domain
};

inline constexpr std::size_t kMaxKeyRecord = 16'384;  ///< octets

/// Reads one TXT record. What hinders its use is returned: neutral when it is
/// no key record at all, permerror when the key is revoked, of an unknown
/// type, not for mail, not for SHA-256 or not in base64.
[[nodiscard]] std::optional<Problem> read_key_record(std::string_view text,
                                                     KeyRecord& record);

}  // namespace mailtool::signing
