#include "mailtool/base/utf8.h"

namespace mailtool {

CodePoint next_code_point(std::string_view text) noexcept {
  constexpr CodePoint kInvalid{U'\uFFFD', 1, false};
  const auto octet = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned first = octet(0);
  if (first < 0x80) return {first, 1, true};

  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return kInvalid;
  char32_t value = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xc0u) != 0x80) return kInvalid;
    value = value << 6 | (octet(i) & 0x3fu);
  }
  const bool overlong = value < (length == 4   ? 0x10000u
                                 : length == 3 ? 0x800u
                                               : 0x80u);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return kInvalid;
  return {value, static_cast<std::uint8_t>(length), true};
}

std::size_t write_utf8(char* to, char32_t value) noexcept {
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) value = 0xfffd;
  const auto tail = [value](int shift) {
    return static_cast<char>(0x80 | (value >> shift & 0x3f));
  };
  if (value < 0x80) {
    to[0] = static_cast<char>(value);
    return 1;
  }
  if (value < 0x800) {
    to[0] = static_cast<char>(0xc0 | value >> 6);
    to[1] = tail(0);
    return 2;
  }
  if (value < 0x10000) {
    to[0] = static_cast<char>(0xe0 | value >> 12);
    to[1] = tail(6);
    to[2] = tail(0);
    return 3;
  }
  to[0] = static_cast<char>(0xf0 | value >> 18);
  to[1] = tail(12);
  to[2] = tail(6);
  to[3] = tail(0);
  return 4;
}

void append_utf8(std::string& to, char32_t value) {
  char octets[4];
  to.append(octets, write_utf8(octets, value));
}

}  // namespace mailtool
