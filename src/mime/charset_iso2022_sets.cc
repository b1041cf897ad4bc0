#include "mime/charset_iso2022_sets.h"

#include <algorithm>
#include <iterator>

#include "mime/charset_tables.h"

namespace mailtool::mime {
namespace {

using Set = Iso2022Set;
using Place = Iso2022Place;

struct Known {
  std::string_view octets;  // without the ESC
  Place to;
  Set set;
};

// The registered ones of RFC 1468, 1554, 1557, 1922 and 2237, of JIS X 0213,
// and the long forms and slips that mail has.
constexpr Known kEscapes[] = {
    {"(B", Place::g0, Set::ascii},         {"(J", Place::g0, Set::jis_roman},
    {"(H", Place::g0, Set::jis_roman},     {"(I", Place::g0, Set::katakana},
    {"$@", Place::g0, Set::jis_0208},      {"$B", Place::g0, Set::jis_0208},
    {"$(@", Place::g0, Set::jis_0208},     {"$(B", Place::g0, Set::jis_0208},
    {"$(D", Place::g0, Set::jis_0212},     {"$(O", Place::g0, Set::jis_0213_1},
    {"$(Q", Place::g0, Set::jis_0213_1},   {"$(P", Place::g0, Set::jis_0213_2},
    {"$A", Place::g0, Set::gb_2312},       {"$(A", Place::g0, Set::gb_2312},
    {"$(C", Place::g0, Set::ks_x_1001},    {")I", Place::g1, Set::katakana},
    {"$)A", Place::g1, Set::gb_2312},      {"$)C", Place::g1, Set::ks_x_1001},
    {"$)G", Place::g1, Set::cns_1},        {"$*H", Place::g2, Set::cns_2},
    {".A", Place::g2, Set::latin_1},       {".F", Place::g2, Set::greek},
    {"N", Place::single_shift, Set::none},
};

constexpr char high(char octet) noexcept {
  return static_cast<char>(static_cast<unsigned char>(octet) | 0x80u);
}

// JIS X 0208 in Shift_JIS: two rows of 94 in one of 188.
Iso2022Pair shift_jis(char row, char cell) noexcept {
  const auto first = static_cast<unsigned>(row) - 0x21;
  const auto second = static_cast<unsigned>(cell) - 0x21;
  const auto lead = first / 2 + (first < 62 ? 0x81 : 0xc1);
  const auto place = second + (first % 2 == 0 ? 0 : 94);
  const auto trail = place + (place < 63 ? 0x40 : 0x41);
  return {{static_cast<char>(lead), static_cast<char>(trail)}, 2};
}

}  // namespace

// ESC *( %x20-2F ) %x30-7E                              ; ECMA-35 section 13
Iso2022Escape iso2022_escape(std::string_view octets) noexcept {
  const auto rest = octets.substr(1);
  Iso2022Escape found;
  for (const auto& known : kEscapes) {
    if (rest.starts_with(known.octets)) {
      return {known.octets.size() + 1, known.to, known.set, false};
    }
    if (known.octets.starts_with(rest)) found.incomplete = true;
  }
  return found;
}

char32_t iso2022_character(Iso2022Set set, char octet) noexcept {
  const auto value = static_cast<unsigned char>(octet);
  switch (set) {
    case Set::ascii: return value;
    case Set::jis_roman:
      return octet == '\\' ? 0xa5u : octet == '~' ? 0x203eu : value;
    case Set::katakana: return value <= 0x5f ? value - 0x21u + 0xff61u : 0u;
    case Set::latin_1: return value + 0x80u;
    case Set::greek: {
      const char32_t greek = kIso8859_7[value];
      return greek == 0xfffd ? 0 : greek;
    }
    default: return 0;
  }
}

Iso2022Pair iso2022_pair(Iso2022Set set, char first, char second) noexcept {
  switch (set) {
    case Set::jis_0208: return shift_jis(first, second);
    case Set::jis_0212:
    case Set::jis_0213_2: return {{'\x8f', high(first), high(second)}, 3};
    case Set::cns_2: return {{'\x8e', '\xa2', high(first), high(second)}, 4};
    default: return {{high(first), high(second)}, 2};
  }
}

std::array<const char*, 2> iso2022_names(Iso2022Set set) noexcept {
  switch (set) {
    case Set::jis_0208: return {"CP932", "SHIFT_JIS"};
    case Set::jis_0212: return {"EUC-JP-MS", "EUC-JP"};
    case Set::jis_0213_1:
    case Set::jis_0213_2: return {"EUC-JISX0213", nullptr};
    case Set::gb_2312: return {"GB18030", "EUC-CN"};
    case Set::ks_x_1001: return {"UHC", "EUC-KR"};
    case Set::cns_1:
    case Set::cns_2: return {"EUC-TW", nullptr};
    default: return {nullptr, nullptr};
  }
}

}  // namespace mailtool::mime
