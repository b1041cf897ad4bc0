#include "atext.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::mime {

bool is_atext(char c) noexcept {
  return is_alpha(c) || is_digit(c) || is_8bit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string::npos;
}

bool is_dot_atom(std::string_view text) noexcept {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != text.npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_atext(c) || c == '.'; });
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace mailtool::mime
