#include "lexer.h"

#include "mailtool/base/ascii.h"

namespace mailtool::mime {

std::string_view trim_white_space(std::string_view text) noexcept {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

void append_lower(std::string_view text, std::string& to) {
  const auto begin = to.size();
  to += text;
  for (auto i = begin; i < to.size(); ++i) to[i] = to_lower(to[i]);
}

// comment = "(" *([FWS] ccontent) [FWS] ")"; ccontent holds comments again.
bool Lexer::take_comment(std::string* comment) {
  if (comment != nullptr) comment->clear();
  had_comment_ = true;
  std::size_t depth = 0;
  while (!at_end()) {
    char c = take();
    const bool pair = c == '\\' && !at_end();
    if (pair) c = take();
    if (!pair && c == '(' && ++depth == 1) continue;
    if (!pair && c == ')' && --depth == 0) return true;
    if (comment != nullptr && c != '\r' && c != '\n') *comment += c;
  }
  had_open_comment_ = true;
  return false;
}

bool Lexer::take_quoted_string(std::string& to) {
  static constexpr OctetSet kStops("\"\\\r\n");
  ++at_;
  while (!at_end()) {
    to += take_until(kStops);
    if (at_end()) return false;
    char c = take();
    if (c == '"') return true;
    if (c == '\\' && !at_end()) c = take();
    if (c != '\r' && c != '\n') to += c;
  }
  return false;
}

}  // namespace mailtool::mime
