/// \file
/// US-ASCII as the mail protocols use it: no locale, no surprises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/cpu.h"

namespace mailtool {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr bool is_8bit(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x80;
}
constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string upper(std::string_view text);
[[nodiscard]] bool iequals(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] bool istarts_with(std::string_view text,
                                std::string_view prefix) noexcept;
/// Without SP and HTAB at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Splits at every `separator`; "a,,b" has an empty piece in the middle.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text,
                                                  char separator);
/// True when `text` holds no octet above 0x7f.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;
/// How many octets at the start of `text` are at most 0x7f. `level` is for
/// tests: vector_level() or less; each gives the same answer.
[[nodiscard]] std::size_t ascii_prefix(
    std::string_view text, VectorLevel level = vector_level()) noexcept;
/// True when `text` holds CR, LF or NUL: what may never be part of a command.
[[nodiscard]] bool has_line_break_or_nul(std::string_view text) noexcept;

/// The decimal number that is all of `text`: 1 to 20 digits, no sign, no
/// blanks, at most `max`. Anything else is nullopt.
[[nodiscard]] std::optional<std::uint64_t> parse_number(
    std::string_view text, std::uint64_t max = UINT64_MAX) noexcept;

}  // namespace mailtool
