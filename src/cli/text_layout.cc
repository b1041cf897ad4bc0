#include "cli/text_layout.h"

#include <utf8proc.h>

#include "mailtool/base/utf8.h"

namespace mailtool::cli {
namespace {

constexpr char32_t kEmojiStyle = 0xfe0f;  // variation selector 16

bool is_flag_letter(char32_t c) { return c >= 0x1f1e6 && c <= 0x1f1ff; }

std::size_t scalar_width(char32_t c) {
  const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(c));
  return width < 0 ? 0 : static_cast<std::size_t>(width);
}

}  // namespace

// The width of a grapheme is that of its first scalar, but for two cases the
// width tables do not know: emoji style, and two letters that make a flag.
std::size_t display_width(std::string_view text) {
  std::size_t total = 0;
  std::size_t grapheme = 0;
  char32_t last = 0;
  utf8proc_int32_t state = 0;
  while (!text.empty()) {
    const auto point = next_code_point(text);
    text.remove_prefix(point.octets);
    const bool starts =
        last == 0 || utf8proc_grapheme_break_stateful(
                         static_cast<utf8proc_int32_t>(last),
                         static_cast<utf8proc_int32_t>(point.value), &state);
    if (starts) {
      total += grapheme;
      grapheme = scalar_width(point.value);
    } else if (point.value == kEmojiStyle ||
               (is_flag_letter(last) && is_flag_letter(point.value))) {
      grapheme = 2;
    } else if (grapheme == 0) {
      grapheme = scalar_width(point.value);
    }
    last = point.value;
  }
  return total + grapheme;
}

void append_wrapped(std::string& to, std::string_view text, std::size_t at,
                    std::size_t indent, std::size_t columns) {
  std::size_t column = at;
  bool line_has_word = false;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto word = text.substr(0, blank);
    text = blank == text.npos ? std::string_view() : text.substr(blank + 1);
    if (word.empty()) continue;
    const auto width = display_width(word);
    if (line_has_word && column + 1 + width > columns) {
      to += '\n';
      to.append(indent, ' ');
      column = indent;
      line_has_word = false;
    }
    if (line_has_word) {
      to += ' ';
      ++column;
    }
    to += word;
    column += width;
    line_has_word = true;
  }
  to += '\n';
}

}  // namespace mailtool::cli
