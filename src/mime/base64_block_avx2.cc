// base64 by AVX2: 32 characters, which are 24 octets, at a time.
#include "base64_block.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>

#include <bit>

#define MAILTOOL_AVX2 __attribute__((target("avx2,bmi,bmi2")))

namespace mailtool::mime {
namespace {

using Table = std::array<std::uint8_t, 16>;

// Whether a character is of the alphabet is told by its two hexadecimal digits:
// it is not when the entries of the digits have a bit in common. The high
// digits 2 to 7 have a bit each; all others share one that every low digit has.
constexpr std::uint8_t kNever = 0x40;

constexpr Table kHigh = [] {
  Table table{};
  for (std::size_t i = 0; i < 16; ++i) {
    table[i] =
        i >= 2 && i <= 7 ? static_cast<std::uint8_t>(1 << (i - 2)) : kNever;
  }
  return table;
}();

constexpr Table kLow = [] {
  Table table{};
  for (std::size_t low = 0; low < 16; ++low) {
    table[low] = kNever;
    for (std::size_t high = 2; high <= 7; ++high) {
      if (kBase64Values[high << 4 | low] > 63) table[low] |= kHigh[high];
    }
  }
  return table;
}();

constexpr std::uint8_t difference(char character, int value) {
  return static_cast<std::uint8_t>(value - character);
}

// What makes a value of a character, by its high digit; "/" has its own place.
constexpr Table kToValue = {0,
                            difference('/', 63),
                            difference('+', 62),
                            difference('0', 52),
                            difference('A', 0),
                            difference('A', 0),
                            difference('a', 26),
                            difference('a', 26)};

// The reverse, by class: 0 small letters, 1 to 10 digits, "+", "/", capitals.
constexpr Table kToCharacter = [] {
  Table table{};
  const auto back = [](char character, int value) {
    return static_cast<std::uint8_t>(character - value);
  };
  table[0] = back('a', 26);
  for (std::size_t i = 1; i <= 10; ++i) table[i] = back('0', 52);
  table[11] = back('+', 62);
  table[12] = back('/', 63);
  table[13] = back('A', 0);
  return table;
}();

MAILTOOL_AVX2 inline __m256i both_lanes(const Table& table) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

// Four six-bit values to three octets, in memory order, in each lane's first
// twelve; then all 24 together.
MAILTOOL_AVX2 inline __m256i pack(__m256i values) {
  const auto pairs =
      _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
  const auto groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  constexpr Table kOrder = {2, 1,  0,  6,  5,    4,    10,   9,
                            8, 14, 13, 12, 0x80, 0x80, 0x80, 0x80};
  const auto lanes = _mm256_shuffle_epi8(groups, both_lanes(kOrder));
  return _mm256_permutevar8x32_epi32(lanes,
                                     _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

// The octets of 24 from `in` on, as 32 six-bit values. Reads no further.
MAILTOOL_AVX2 inline __m256i unpack(const char* in) {
  const auto low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  const auto high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 8));
  const auto octets =
      _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
  // Each group a b c as b a c b; the upper lane begins four octets later.
  const auto groups = _mm256_shuffle_epi8(
      octets,
      _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 5, 4,
                       6, 5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14));
  const auto odd = _mm256_mulhi_epu16(
      _mm256_and_si256(groups, _mm256_set1_epi32(0x0fc0fc00)),
      _mm256_set1_epi32(0x04000040));
  const auto even = _mm256_mullo_epi16(
      _mm256_and_si256(groups, _mm256_set1_epi32(0x003f03f0)),
      _mm256_set1_epi32(0x01000010));
  return _mm256_or_si256(odd, even);
}

MAILTOOL_AVX2 inline void encode_block(const char* in, char* out) {
  const auto values = unpack(in);
  const auto capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), values);
  const auto classes =
      _mm256_or_si256(_mm256_subs_epu8(values, _mm256_set1_epi8(51)),
                      _mm256_and_si256(capital, _mm256_set1_epi8(13)));
  const auto text = _mm256_add_epi8(
      values, _mm256_shuffle_epi8(both_lanes(kToCharacter), classes));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), text);
}

// Writes what 32 characters decode to, 24 octets of it and 8 of no meaning,
// and returns a bit for each character that is not of the alphabet.
MAILTOOL_AVX2 inline std::uint32_t decode_block(const char* in, char* out) {
  const auto text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
  const auto digit = _mm256_set1_epi8(0x0f);
  const auto low = _mm256_and_si256(text, digit);
  const auto high = _mm256_and_si256(_mm256_srli_epi16(text, 4), digit);
  const auto common =
      _mm256_and_si256(_mm256_shuffle_epi8(both_lanes(kLow), low),
                       _mm256_shuffle_epi8(both_lanes(kHigh), high));
  const auto slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));
  const auto change =
      _mm256_shuffle_epi8(both_lanes(kToValue), _mm256_add_epi8(high, slash));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                      pack(_mm256_add_epi8(text, change)));
  const auto clean = _mm256_cmpeq_epi8(common, _mm256_setzero_si256());
  return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(clean));
}

}  // namespace

MAILTOOL_AVX2 Base64Progress decode_base64_avx2(const char* in, const char* end,
                                                char* out) {
  while (end - in >= 34) {
    const auto bad = decode_block(in, out);
    if (bad == 0) {
      in += 32;
      out += 24;
      continue;
    }
    const auto clean = std::countr_zero(bad);
    in += clean & ~3;
    out += clean / 4 * 3;
    if (clean % 4 != 0) break;
    if (*in == '\n') {
      ++in;
    } else if (*in == '\r' && in[1] == '\n') {
      in += 2;
    } else {
      break;
    }
  }
  return decode_base64_scalar(in, end, out);
}

MAILTOOL_AVX2 char* encode_base64_avx2(const char* in, std::size_t lines,
                                       char* out) {
  for (; lines > 0; --lines) {
    encode_block(in, out);
    encode_block(in + 24, out + 32);
    encode_block(in + 33, out + 44);
    out[kBase64LineCharacters] = '\r';
    out[kBase64LineCharacters + 1] = '\n';
    in += kBase64LineOctets;
    out += kBase64LineCharacters + 2;
  }
  return out;
}

}  // namespace mailtool::mime
#endif
