#include "mailtool/base/printable.h"

#include "mailtool/base/utf8.h"

namespace mailtool {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_octet(std::string& to, char octet) {
  const auto value = static_cast<unsigned char>(octet);
  to += "\\x";
  to += kHex[value >> 4];
  to += kHex[value & 15];
}

void append_code_point(std::string& to, char32_t value) {
  to += "\\u{";
  bool started = false;
  for (int shift = 20; shift >= 0; shift -= 4) {
    const auto digit = value >> shift & 15;
    if (digit == 0 && !started && shift > 12) continue;
    started = true;
    to += kHex[digit];
  }
  to += '}';
}

// What may not reach a terminal: it moves the cursor, ends the line, reorders
// what stands around it, or cannot be seen at all.
bool acts_on_display(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;  // C0, DEL, C1
  if (c == 0x2028 || c == 0x2029) return true;            // separators
  if (c == 0x061c || c == 0x200e || c == 0x200f) return true;
  if (c >= 0x202a && c <= 0x202e) return true;  // bidirectional embedding
  if (c >= 0x2066 && c <= 0x2069) return true;  // bidirectional isolates
  if (c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)) return true;
  return c >= 0xe0000 && c <= 0xe007f;  // tags
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_octets) {
  std::string shown;
  shown.reserve(text.size() < max_octets ? text.size() : max_octets);
  std::size_t used = 0;
  while (!text.empty()) {
    const auto point = next_code_point(text);
    if (used + point.octets > max_octets) return shown + "…";
    const auto octets = text.substr(0, point.octets);
    if (!point.valid) {
      append_octet(shown, octets[0]);
    } else if (point.value == '\t') {
      shown += ' ';
    } else if (!acts_on_display(point.value)) {
      shown += octets;
    } else if (point.value < 0x80) {
      append_octet(shown, octets[0]);
    } else {
      append_code_point(shown, point.value);
    }
    used += point.octets;
    text.remove_prefix(point.octets);
  }
  return shown;
}

}  // namespace mailtool
