#include "mailtool/imap/message_id.h"

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

// Past the comment that begins at `at`: RFC 5322 section 3.2.2.
std::size_t end_of_comment(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '(') {
      ++depth;
    } else if (text[at] == ')' && --depth == 0) {
      return at + 1;
    }
  }
  return text.size();
}

// msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]  ; RFC 5322 section 3.6.4
//
// Lenient: any octets but those that structure it. `at` is behind the "<"; it
// moves behind the ">", or to what shows that there is none.
std::optional<std::string> read(std::string_view text, std::size_t& at) {
  std::string id;
  std::size_t left = std::string::npos;  // octets before the "@"
  bool quoted = false;
  while (at < text.size()) {
    const char c = text[at];
    if (!quoted && c == '<') return std::nullopt;
    if (!quoted && c == '(') {
      at = end_of_comment(text, at);
      continue;
    }
    ++at;
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted && c == '\\' && at < text.size()) {
      id += text[at++];
    } else if (!quoted && c == '>') {
      const bool whole = left != id.npos && left > 0 && left + 1 < id.size();
      if (!whole) return std::nullopt;
      return id;
    } else if (quoted || !is_space(c)) {
      if (!quoted && c == '@') left = id.size();
      id += c;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> take_message_id(std::string_view& text) {
  while (true) {
    auto at = text.find('<');
    if (at == text.npos) {
      text = {};
      return std::nullopt;
    }
    ++at;
    auto id = read(text, at);
    text.remove_prefix(at);
    if (id) return id;
  }
}

}  // namespace mailtool::imap
