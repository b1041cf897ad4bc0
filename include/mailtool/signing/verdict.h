/// \file
/// Verdict: what came of checking a signature. RFC 8601 section 2.7.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::signing {

/// How each arises here, for DKIM and ARC:
enum class Verdict : std::uint8_t {
  none,       ///< there is no signature
  pass,       ///< the signature holds
  fail,       ///< it does not: the message or the signature was changed
  neutral,    ///< it cannot be read: syntax, or a version we do not know
  policy,     ///< it can be read but is not accepted: SHA-1, short key, expired
  temperror,  ///< the key could not be fetched now
  permerror,  ///< it can never hold: no key, key revoked, From not signed
};

/// "pass", "fail": the words of RFC 8601.
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// Why a signature is not a pass. The reason is one line for people; it may
/// quote the message, so it goes through printable() like any foreign text.
struct Problem {
  Verdict verdict = Verdict::fail;
  std::string reason;
  friend bool operator==(const Problem&, const Problem&) = default;
};

}  // namespace mailtool::signing
