// Text to encoded words: RFC 2047 section 4.
#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/encoded_word.h"

namespace mailtool::mime {
namespace {

// What may stand for itself in a Q word in a phrase: section 5 (3).
bool is_q_plain(char c) {
  return is_alpha(c) || is_digit(c) || c == '!' || c == '*' || c == '+' ||
         c == '-' || c == '/';
}

std::size_t q_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) length += is_q_plain(c) || c == ' ' ? 1u : 3u;
  return length;
}

std::string encode_q(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_q_plain(c)) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '_';
    } else {
      const auto value = static_cast<unsigned char>(c);
      encoded += '=';
      encoded += kHex[value >> 4];
      encoded += kHex[value & 15];
    }
  }
  return encoded;
}

}  // namespace

bool needs_encoding(std::string_view text) noexcept {
  for (const char c : text) {
    if (is_8bit(c) || (is_control(c) && c != '\t')) return true;
  }
  return text.find("=?") != text.npos;
}

std::string encode_words(std::string_view text, std::size_t before) {
  return needs_encoding(text) ? encode_all_words(text, before)
                              : std::string(text);
}

std::string encode_all_words(std::string_view text, std::size_t before) {
  // 75 octets, less "=?utf-8?Q?" and "?=".
  constexpr std::size_t kRoom = 63;
  constexpr std::size_t kMaxBefore = 40;
  const auto utf8 = undeclared_to_utf8(text);
  const bool base64 = (utf8.size() + 2) / 3 * 4 < q_length(utf8);
  std::string words;
  std::string_view rest = utf8;
  std::size_t room = kRoom - std::min(before, kMaxBefore);
  while (!rest.empty()) {
    std::size_t end = 0;
    std::size_t used = 0;
    while (end < rest.size()) {
      const std::size_t octets = next_code_point(rest.substr(end)).octets;
      const auto cost = base64 ? octets : q_length(rest.substr(end, octets));
      if (used + cost > (base64 ? room / 4 * 3 : room)) break;
      used += cost;
      end += octets;
    }
    if (!words.empty()) words += ' ';
    const auto piece = rest.substr(0, end);
    words += base64 ? "=?utf-8?B?" + base64_encode(piece)
                    : "=?utf-8?Q?" + encode_q(piece);
    words += "?=";
    rest.remove_prefix(end);
    room = kRoom;
  }
  return words;
}

}  // namespace mailtool::mime
