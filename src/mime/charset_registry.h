// The charsets that can be read, and by which way.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mime/charset_tables.h"

namespace mailtool::mime {

enum class CharsetScheme : std::uint8_t {
  undeclared,  // UTF-8 where it is, else windows-1252
  utf8,
  table,   // one octet a character, an own table
  utf7,    // RFC 2152
  utf16,   // RFC 2781; of either octet order, as a mark or the text says
  utf16be,
  utf16le,
  utf32,
  utf32be,
  utf32le,
  iso2022jp,  // RFC 1468, 1554, 2237; the escapes of all of them
  iso2022kr,  // RFC 1557
  iso2022cn,  // RFC 1922
  hz,         // RFC 1843
  system,     // by the system's converter
};

// How long a sequence is that begins with a certain octet: what one U+FFFD
// stands for where the system's converter only says that it has no character.
enum class CharsetLeads : std::uint8_t {
  single,    // one octet a character
  pairs,     // 81..FE and a second octet
  shift_jis, // 81..9F, E0..FC and a second octet
  euc_jp,    // pairs; 8F and two more
  euc_tw,    // pairs; 8E and three more
  johab,     // pairs, but "\" is a Won sign
};

struct Charset {
  std::string_view name;
  CharsetScheme scheme = CharsetScheme::system;
  const CharsetTable* table = nullptr;
  // Names for the system's converter; the first that it has is taken.
  std::array<const char*, 2> system{};
  CharsetLeads leads = CharsetLeads::single;
};

// The charset that `name` means; null when it is not known. What is returned
// is there for ever.
[[nodiscard]] const Charset* find_charset(std::string_view name) noexcept;

// The charset of a text that declares none.
[[nodiscard]] const Charset& undeclared_charset() noexcept;

}  // namespace mailtool::mime
