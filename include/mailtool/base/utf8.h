/// \file
/// UTF-8: decoding one code point at a time (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool {

struct CodePoint {
  char32_t value;      ///< U+FFFD when invalid
  std::uint8_t octets; ///< 1..4 consumed; 1 when invalid
  bool valid;
};

/// The code point at the start of `text`; overlong forms, surrogates and
/// values above U+10FFFF are invalid. \pre !text.empty()
[[nodiscard]] CodePoint next_code_point(std::string_view text) noexcept;
/// Appends `value` in UTF-8; surrogates and values out of range as U+FFFD.
void append_utf8(std::string& to, char32_t value);
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

}  // namespace mailtool
