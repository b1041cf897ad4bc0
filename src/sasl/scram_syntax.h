/// \file
/// What both sides of SCRAM have in common: RFC 5802 section 7.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sasl/digest.h"

namespace mailtool::sasl {

inline constexpr std::size_t kScramNonceOctets = 24;  // 192 bits, 32 in base64

/// "x=value" of a comma-separated list; nullopt when `piece` is not that one.
inline std::optional<std::string_view> scram_attribute(std::string_view piece,
                                                       char name) {
  if (piece.size() < 2 || piece[0] != name || piece[1] != '=') {
    return std::nullopt;
  }
  return piece.substr(2);
}

// printable = %x21-2B / %x2D-7E
inline bool is_scram_nonce(std::string_view text) {
  for (const char c : text) {
    if (c < 0x21 || c > 0x7e || c == ',') return false;
  }
  return true;
}

/// \pre both are of one length
inline std::string exclusive_or(std::string_view a, std::string_view b) {
  std::string result(a);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<char>(result[i] ^ b[i]);
  }
  return result;
}

}  // namespace mailtool::sasl
