/// \file
/// TextCheck: the octets that a message may hold.
#pragma once

#include <string_view>

namespace mailtool::serve {

/// Lines end in CRLF, CR and LF stand nowhere else, and there is no NUL (RFC 5321
/// section 2.3.8, RFC 6152 section 2, RFC 9051 section 4.3). What is kept is given
/// out by protocols whose framing depends on it.
class TextCheck {
 public:
  /// False from the first octet on that may not be there. `octets` follow those
  /// of the calls before.
  bool feed(std::string_view octets) {
    for (const char c : octets) {
      if ((c == '\n') != cr_ || c == '\0') good_ = false;
      cr_ = c == '\r';
    }
    return good_;
  }
  /// The same at the end of the message, where no CR may be left.
  [[nodiscard]] bool end() const { return good_ && !cr_; }

 private:
  bool cr_ = false;  // the last octet was one
  bool good_ = true;
};

}  // namespace mailtool::serve
