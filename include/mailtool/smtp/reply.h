/// \file
/// SMTP replies: RFC 5321 section 4.2, enhanced codes RFC 2034 and RFC 3463.
/// Pure syntax; deciding what a reply means for a message is client/'s work.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::smtp {

/// "5.1.1": class 2, 4 or 5; subject and detail 0..999.
struct EnhancedCode {
  int status_class = 0;
  int subject = 0;
  int detail = 0;
  friend bool operator==(const EnhancedCode&, const EnhancedCode&) = default;
};

[[nodiscard]] std::string to_string(const EnhancedCode& code);

/// One complete reply, as ReplyParser returns it: 200..599, at least one line.
struct Reply {
  int code = 0;
  /// Of the first line; absent when its class contradicts `code`.
  std::optional<EnhancedCode> enhanced;
  /// Without code, separator and CRLF; an enhanced code is still in its place.
  std::vector<std::string> lines;

  [[nodiscard]] bool positive() const { return code / 100 == 2; }
  [[nodiscard]] bool intermediate() const { return code / 100 == 3; }
  [[nodiscard]] bool transient() const { return code / 100 == 4; }
  [[nodiscard]] bool permanent() const { return code / 100 == 5; }
  /// The text of all lines joined by a space, enhanced codes left out.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// "550 5.1.1 No such user here", all lines joined; not made printable.
[[nodiscard]] std::string one_line(const Reply& reply);

/// Limits a hostile server cannot push us past.
struct ReplyLimits {
  /// Octets a line without CRLF. RFC 5321 4.5.3.1.5 asks for 512, a challenge
  /// of AUTH for 12288 (RFC 4954 section 4).
  std::size_t line_octets = 12'288;
  std::size_t lines = 512;
  std::size_t octets = 65'536;  ///< of all lines of one reply
};

/// Assembles lines into replies. Feed it every line the server sends.
class ReplyParser {
 public:
  explicit ReplyParser(ReplyLimits limits = {}) : limits_(limits) {}

  /// Takes one line without CRLF. Returns the Reply it completes, or nullopt
  /// when the reply continues. Fails with ErrorKind::protocol on a line that
  /// is no reply line, on codes that differ within one reply, and beyond the
  /// limits. After a failure the parser is useless: close the connection.
  Result<std::optional<Reply>> feed_line(std::string_view line);

 private:
  ReplyLimits limits_;
  std::optional<Reply> partial_;
  std::size_t octets_ = 0;
};

/// The inverse: CRLF-ended lines that ReplyParser reads back as `reply`. A LF
/// within a line becomes a space. \pre at least one line, code 200..599
[[nodiscard]] std::string to_wire(const Reply& reply);

}  // namespace mailtool::smtp
