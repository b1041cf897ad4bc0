/// \file
/// TextCheck: the octets that a message may hold.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtool::serve {

/// Lines end in CRLF, CR and LF stand nowhere else, and there is no NUL (RFC 5321
/// section 2.3.8, RFC 6152 section 2, RFC 9051 section 4.3). What is kept is given
/// out by protocols whose framing depends on it.
class TextCheck {
 public:
  enum class Wrong : std::uint8_t { lf, cr, nul };

  /// False from the first octet on that may not be there. `octets` follow those
  /// of the calls before.
  bool feed(std::string_view octets) {
    for (const char c : octets) {
      if (good_ && ((c == '\n') != cr_ || c == '\0')) {
        good_ = false;
        wrong_ = cr_ ? Wrong::cr : c == '\0' ? Wrong::nul : Wrong::lf;
      }
      cr_ = c == '\r';
    }
    if (!octets.empty()) line_begin_ = octets.ends_with('\n');
    return good_;
  }
  /// The same at the end of the message, where no CR may be left.
  [[nodiscard]] bool end() const { return good_ && !cr_; }
  /// What was wrong first. \pre not end()
  [[nodiscard]] Wrong wrong() const { return good_ ? Wrong::cr : wrong_; }
  /// The last octet ended a line, or there was none.
  [[nodiscard]] bool at_line_begin() const { return line_begin_; }

 private:
  bool cr_ = false;  // the last octet was one
  bool good_ = true;
  bool line_begin_ = true;
  Wrong wrong_ = Wrong::cr;
};

}  // namespace mailtool::serve
