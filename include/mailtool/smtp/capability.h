/// \file
/// What a server says it can do: the reply to EHLO, RFC 5321 section 4.1.1.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/smtp/reply.h"

namespace mailtool::smtp {

/// The extensions of one server at one moment; worth nothing once TLS started.
struct Capabilities {
  std::string domain;  ///< how the server names itself; may be empty
  bool size = false;   ///< SIZE, RFC 1870
  std::optional<std::uint64_t> max_size;  ///< octets; absent: no fixed limit
  std::vector<std::string> auth;  ///< mechanisms in upper case, RFC 4954
  bool starttls = false;          ///< RFC 3207
  bool pipelining = false;        ///< RFC 2920
  bool eight_bit_mime = false;    ///< RFC 6152
  bool smtputf8 = false;          ///< RFC 6531
  bool chunking = false;          ///< RFC 3030
  bool binary_mime = false;       ///< RFC 3030
  bool dsn = false;               ///< RFC 3461
  bool enhanced_status_codes = false;         ///< RFC 2034
  std::optional<std::uint64_t> max_recipients;  ///< LIMITS RCPTMAX, RFC 9422
  std::optional<std::uint64_t> max_recipient_domains;  ///< RCPTDOMAINMAX
  std::optional<std::uint64_t> max_messages;    ///< LIMITS MAILMAX, RFC 9422
  std::vector<std::string> others;  ///< every other line, as it came

  /// By keyword in any case: "STARTTLS", "VRFY".
  [[nodiscard]] bool offers(std::string_view keyword) const;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// Never fails: what is malformed (SIZE -1, a NUL in a name) is not offered.
/// Takes the old "AUTH=" for "AUTH"; both may be there.
[[nodiscard]] Capabilities parse_capabilities(const Reply& ehlo);

/// The inverse: the reply to EHLO that parse_capabilities reads back as `c`.
[[nodiscard]] Reply to_reply(const Capabilities& c);

}  // namespace mailtool::smtp
