/// \file
/// UTF-8: code points one at a time, texts at the speed of memory (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/cpu.h"

namespace mailtool {

struct CodePoint {
  char32_t value;       ///< U+FFFD when invalid
  std::uint8_t octets;  ///< 1..4 consumed; 1 when invalid
  bool valid;
};

/// The code point at the start of `text`; overlong forms, surrogates and
/// values above U+10FFFF are invalid. \pre !text.empty()
[[nodiscard]] CodePoint next_code_point(std::string_view text) noexcept;
/// Writes `value` in UTF-8, 1 to 4 octets, to `to`, and returns how many;
/// surrogates and values out of range as U+FFFD.
std::size_t write_utf8(char* to, char32_t value) noexcept;
/// Appends `value` in UTF-8; surrogates and values out of range as U+FFFD.
void append_utf8(std::string& to, char32_t value);
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// How many octets at the start of `text` are whole, valid code points.
/// `level` is for tests: vector_level() or less; each gives the same answer.
[[nodiscard]] std::size_t valid_utf8_prefix(
    std::string_view text, VectorLevel level = vector_level()) noexcept;

/// What stands where valid UTF-8 ends.
struct IllFormed {
  std::uint8_t octets;  ///< 1..3: what one U+FFFD stands for
  bool incomplete;  ///< all that is left, and more octets could make it good
};

/// The maximal subpart of an ill-formed sequence, as Unicode 3.9 and the web's
/// encoding standard cut it. \pre !text.empty() and no valid code point is at
/// the start of `text`
[[nodiscard]] IllFormed ill_formed_prefix(std::string_view text) noexcept;

}  // namespace mailtool
