// The character sets that ISO 2022 escapes choose between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailtool::mime {

enum class Iso2022Set : std::uint8_t {
  none,
  // One octet a character.
  ascii,
  jis_roman,  // ASCII, but U+00A5 for "\" and U+203E for "~"
  katakana,   // JIS X 0201, half width
  latin_1,    // the right half
  greek,      // ISO 8859-7, the right half
  // Two octets a character.
  jis_0208,
  jis_0212,
  jis_0213_1,
  jis_0213_2,
  gb_2312,
  ks_x_1001,
  cns_1,
  cns_2,
};

constexpr bool is_double(Iso2022Set set) noexcept {
  return set >= Iso2022Set::jis_0208;
}

// True for sets whose pairs are longer than two octets in the 8-bit charset.
constexpr bool is_long(Iso2022Set set) noexcept {
  return set == Iso2022Set::jis_0212 || set == Iso2022Set::jis_0213_2 ||
         set == Iso2022Set::cns_2;
}

enum class Iso2022Place : std::uint8_t { g0, g1, g2, single_shift };

struct Iso2022Escape {
  std::size_t length = 0;  // 0: none that we know
  Iso2022Place to = Iso2022Place::g0;
  Iso2022Set set = Iso2022Set::none;
  bool incomplete = false;  // `octets` may be the start of one
};

// The escape sequence at the start of `octets`, 2 to 4 octets.
[[nodiscard]] Iso2022Escape iso2022_escape(std::string_view octets) noexcept;

// What the octet 0x21..0x7E means in a set of single octets; 0 for nothing.
[[nodiscard]] char32_t iso2022_character(Iso2022Set set, char octet) noexcept;

struct Iso2022Pair {
  std::array<char, 4> octets{};
  std::size_t size = 0;  // 2 to 4
};

// A pair 0x21..0x7E of a set in the 8-bit charset that iso2022_names() names.
[[nodiscard]] Iso2022Pair iso2022_pair(Iso2022Set set, char first,
                                       char second) noexcept;
[[nodiscard]] std::array<const char*, 2> iso2022_names(Iso2022Set set) noexcept;

}  // namespace mailtool::mime
