/// \file
/// Paths of the envelope: RFC 5321 section 4.1.2, RFC 6531 section 3.3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::smtp {

inline constexpr std::size_t kMaxLocalPart = 64;  ///< octets, 4.5.3.1.1
inline constexpr std::size_t kMaxDomain = 255;    ///< octets, 4.5.3.1.2

/// An address of the envelope, taken apart.
struct Mailbox {
  std::string local_part;  ///< as written, with quotes where it has them
  std::string domain;      ///< "example.org", "[192.0.2.1]"; empty: local user

  [[nodiscard]] bool address_literal() const { return domain.starts_with('['); }
  /// True when it can only go to a server that offers SMTPUTF8.
  [[nodiscard]] bool needs_smtputf8() const;
  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

struct PathRules {
  bool utf8 = true;               ///< take UTF-8 (SMTPUTF8)
  bool domain_optional = false;   ///< take "bob", as local delivery does
};

/// "bob@example.org", `"b b"@example.org`, "bob@[IPv6:2001:db8::1]", without
/// angle brackets. "postmaster" needs no domain (4.1.1.3). Fails with bad_input,
/// saying what is wrong where.
Result<Mailbox> parse_mailbox(std::string_view text, const PathRules& rules = {});

/// The inverse.
[[nodiscard]] std::string to_string(const Mailbox& mailbox);

}  // namespace mailtool::smtp
