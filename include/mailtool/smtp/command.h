/// \file
/// SMTP and LMTP commands as lines: RFC 5321 section 4.1.1, RFC 2033; their
/// parameters RFC 1870, 3461, 4954, 6152, 6531.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mailtool/base/result.h"

namespace mailtool::smtp {

/// Octets of a command line with CRLF. RFC 5321 4.5.3.1.4 grants 512, and each
/// extension adds its own; all of ours together stay below.
inline constexpr std::size_t kMaxCommand = 2'048;
/// Octets of an AUTH command or response with CRLF, RFC 4954 section 4.
inline constexpr std::size_t kMaxAuthLine = 12'288;

enum class Body : std::uint8_t { unspecified, seven_bit, eight_bit_mime,
                                 binary_mime };
/// RET of RFC 3461 section 4.3.
enum class DsnReturn : std::uint8_t { unspecified, full, headers };
/// NOTIFY of RFC 3461 section 4.1; all false: unspecified.
struct DsnNotify {
  bool never = false;  ///< excludes the others
  bool success = false;
  bool failure = false;
  bool delay = false;
  friend bool operator==(const DsnNotify&, const DsnNotify&) = default;
};

/// EHLO, HELO or LHLO with a domain or an address literal.
struct Hello {
  std::string verb = "EHLO";
  std::string name;
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Mail {
  std::string reverse_path;  ///< without angle brackets; empty: null sender
  std::optional<std::uint64_t> size;  ///< octets, dot-stuffing not counted;
                                      ///< UINT64_MAX: that, or more
  Body body = Body::unspecified;
  bool smtputf8 = false;
  DsnReturn ret = DsnReturn::unspecified;
  std::string envid;                ///< before xtext; empty: none
  std::optional<std::string> auth;  ///< before xtext; empty: "<>"
  friend bool operator==(const Mail&, const Mail&) = default;
};
struct Rcpt {
  std::string forward_path;  ///< without angle brackets
  DsnNotify notify;
  /// "rfc822;" and an address, or "utf-8;" and one in UTF-8 (RFC 6533), before
  /// xtext; empty: none.
  std::string orcpt;
  friend bool operator==(const Rcpt&, const Rcpt&) = default;
};
struct Bdat {
  std::uint64_t octets = 0;
  bool last = false;
  friend bool operator==(const Bdat&, const Bdat&) = default;
};
/// DATA, RSET, NOOP, QUIT, STARTTLS.
struct Plain {
  std::string verb;
  friend bool operator==(const Plain&, const Plain&) = default;
};
/// AUTH; its line holds a secret.
struct Auth {
  std::string mechanism;
  std::optional<std::string> initial;  ///< base64, "=" when empty
  friend bool operator==(const Auth&, const Auth&) = default;
};

using Command = std::variant<Hello, Mail, Rcpt, Bdat, Auth, Plain>;

/// The line with its CRLF. Fails with bad_input on CR, LF or NUL anywhere, on a
/// path or parameter that is none, and on a line that is too long.
Result<std::string> to_wire(const Command& command);

/// The inverse, for one line without CRLF: verbs and keywords in any case.
/// A route before the mailbox of a path is left out (RFC 5321 appendix C). Fails
/// with protocol, as where a parameter is said twice or is longer than RFC 3461
/// has it; with unsupported where a parameter or its value is not known
/// (RFC 5321 section 4.1.1.11).
Result<Command> parse_command(std::string_view line);

}  // namespace mailtool::smtp
