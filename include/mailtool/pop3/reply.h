/// \file
/// POP3 status lines: RFC 1939 section 3, response codes RFC 2449 section 8.
/// Pure syntax; what a refusal means is decided in client/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::pop3 {

/// Longest status line taken, without CRLF. RFC 2449 section 4 asks for 512;
/// challenges of SASL (RFC 5034) are longer.
inline constexpr std::size_t kReplyOctets = 12 * 1024;

enum class Status {
  ok,            ///< "+OK"
  err,           ///< "-ERR"
  continuation,  ///< "+ ": a challenge, only legal while AUTH runs (RFC 5034)
};

/// One status line.
struct Reply {
  Status status = Status::ok;
  std::string
      code;  ///< "IN-USE", "SYS/TEMP": upper case, no brackets; or empty
  std::string text;  ///< what follows, as it came; may hold any octet but LF

  [[nodiscard]] bool ok() const { return status == Status::ok; }
  /// True when the code is `name` or a refinement: "SYS" covers "SYS/TEMP".
  [[nodiscard]] bool has_code(std::string_view name) const;

  friend bool operator==(const Reply&, const Reply&) = default;
};

/// Parses a line without its CRLF. Fails with protocol when it is no status
/// line. A response code is only taken where its syntax is right; otherwise
/// the brackets belong to the text.
Result<Reply> parse_reply(std::string_view line);

/// The inverse: a line with CRLF that parse_reply reads back as `reply`.
[[nodiscard]] std::string to_wire(const Reply& reply);

}  // namespace mailtool::pop3
