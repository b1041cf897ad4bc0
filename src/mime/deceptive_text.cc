// What a decoded text makes people believe that is not so.
#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Characters that are not seen, or turn the order of others.
constexpr std::array kHidden = {
    Range{0x00ad, 0x00ad},    // soft hyphen
    Range{0x034f, 0x034f},    // combining grapheme joiner
    Range{0x061c, 0x061c},    // Arabic letter mark
    Range{0x115f, 0x1160},    // Hangul fillers
    Range{0x180e, 0x180e},    // Mongolian vowel separator
    Range{0x200b, 0x200b},    // zero-width space
    Range{0x200e, 0x200f},    // left-to-right and right-to-left marks
    Range{0x2028, 0x202e},    // line separators, embeddings and overrides
    Range{0x2060, 0x206f},    // word joiner, isolates
    Range{0x3164, 0x3164},    // Hangul filler
    Range{0xfeff, 0xfeff},    // zero-width no-break space
    Range{0xffa0, 0xffa0},    // halfwidth Hangul filler
    Range{0xfff9, 0xfffb},    // interlinear annotation
    Range{0xe0000, 0xe007f},  // tags
};

bool is_hidden(char32_t value) {
  const auto* const range = std::find_if(
      kHidden.begin(), kHidden.end(),
      [value](const Range& r) { return value <= r.last; });
  return range != kHidden.end() && value >= range->first;
}

// Joiners belong to Indic and Persian words and to emoji, never to ASCII.
bool is_joiner(char32_t value) { return value == 0x200c || value == 0x200d; }

// One way to write "@"; 0 when `text` begins with none. The others are the
// full-width and the small form.
std::size_t at_sign(std::string_view text) {
  if (text.starts_with('@')) return 1;
  const bool other =
      text.starts_with("\xef\xbc\xa0") || text.starts_with("\xef\xb9\xab");
  return other ? 3 : 0;
}

bool is_host_character(char c) {
  return is_alpha(c) || is_digit(c) || is_8bit(c) || c == '.' || c == '-';
}

bool is_local_character(char c) {
  return is_host_character(c) || c == '_' || c == '+' || c == '%' || c == '=';
}

}  // namespace

bool has_deceptive_characters(std::string_view text) noexcept {
  if (is_ascii(text)) return false;
  char32_t before = 0;
  while (!text.empty()) {
    const auto point = next_code_point(text);
    text.remove_prefix(point.octets);
    if (point.value >= 0x80) {
      if (is_hidden(point.value)) return true;
      const bool beside_ascii = (before != 0 && before < 0x80) || text.empty() ||
                                !is_8bit(text.front());
      if (is_joiner(point.value) && beside_ascii) return true;
    }
    before = point.value;
  }
  return false;
}

bool shows_other_address(std::string_view text,
                         std::string_view address) noexcept {
  if (is_ascii(text) && text.find('@') == text.npos) return false;
  // RFC 5321 section 4.5.3.1: no part of an address is longer.
  constexpr std::size_t kMaxPart = 255;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto sign = at_sign(text.substr(at));
    if (sign == 0) continue;
    auto begin = at;
    while (begin > 0 && at - begin < kMaxPart &&
           is_local_character(text[begin - 1])) {
      --begin;
    }
    auto end = at + sign;
    while (end < text.size() && end - at < kMaxPart &&
           is_host_character(text[end])) {
      ++end;
    }
    const auto host = text.substr(at + sign, end - at - sign);
    const bool named = begin < at && !host.empty() && host.front() != '.';
    if (!named) continue;
    auto shown = text.substr(begin, end - begin);
    while (shown.ends_with('.')) shown.remove_suffix(1);
    if (!iequals(shown, address)) return true;
  }
  return false;
}

}  // namespace mailtool::mime
