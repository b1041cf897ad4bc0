#include "lexer.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::mime {

std::string_view Lexer::take_until(std::string_view stops) {
  const auto begin = at_;
  at_ = std::min(text_.find_first_of(stops, at_), text_.size());
  return between(begin, at_);
}

void Lexer::skip_white_space_and_comments(std::string* comment) {
  while (!at_end()) {
    const char c = peek();
    if (is_blank(c) || c == '\r' || c == '\n') {
      ++at_;
    } else if (c == '(') {
      take_comment(comment);
    } else {
      return;
    }
  }
}

// comment = "(" *([FWS] ccontent) [FWS] ")"; ccontent holds comments again.
void Lexer::take_comment(std::string* comment) {
  std::string content;
  std::size_t depth = 0;
  while (!at_end()) {
    char c = take();
    const bool pair = c == '\\' && !at_end();
    if (pair) c = take();
    if (!pair && c == '(' && ++depth == 1) continue;
    if (!pair && c == ')' && --depth == 0) break;
    if (comment != nullptr && c != '\r' && c != '\n') content += c;
  }
  if (comment != nullptr) *comment = content;
}

std::string Lexer::take_quoted_string(bool* closed) {
  if (closed != nullptr) *closed = true;
  std::string content;
  ++at_;
  while (!at_end()) {
    char c = take();
    if (c == '"') return content;
    if (c == '\\' && !at_end()) c = take();
    if (c != '\r' && c != '\n') content += c;
  }
  if (closed != nullptr) *closed = false;
  return content;
}

}  // namespace mailtool::mime
