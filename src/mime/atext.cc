#include "atext.h"

#include <algorithm>

#include "lexer.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {

bool is_atext(char c) noexcept {
  static constexpr OctetSet kAscii(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
      "!#$%&'*+-/=?^_`{|}~");
  return is_8bit(c) || kAscii.has(c);
}

bool is_dot_atom(std::string_view text) noexcept {
  bool after_dot = true;
  for (const char c : text) {
    if (c == '.' ? after_dot : !is_atext(c)) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

void append_quoted(std::string_view text, std::string& to) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') to += '\\';
    to += c;
  }
  to += '"';
}

std::string quoted(std::string_view text) {
  std::string result;
  append_quoted(text, result);
  return result;
}

}  // namespace mailtool::mime
