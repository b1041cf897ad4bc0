// Where valid UTF-8 ends: RFC 3629 section 4, 32 octets at a time.
#include <algorithm>
#include <cstdint>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool {
namespace {

// UTF8-octets = *( UTF8-char )                       ; RFC 3629 section 4
std::size_t prefix_scalar(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_8bit(text[at])) {
      at += ascii_prefix(text.substr(at), VectorLevel::scalar);
      continue;
    }
    const auto point = next_code_point(text.substr(at));
    if (!point.valid) break;
    at += point.octets;
  }
  return at;
}

#ifdef MAILTOOL_X86
#define MAILTOOL_AVX2 __attribute__((target("avx2")))

// What can be wrong with two neighbouring octets, as bits. The upper and the
// lower half of the first and the upper half of the second each say which
// faults they allow; a fault that all three allow is there.
enum Fault : std::uint8_t {
  too_short = 1 << 0,   // a lead without its tail
  too_long = 1 << 1,    // a tail without a lead
  overlong_3 = 1 << 2,  // E0 80..9F
  too_large = 1 << 3,   // F4 90..BF, F5 and up
  surrogate = 1 << 4,   // ED A0..BF
  overlong_2 = 1 << 5,  // C0, C1
  overlong_4 = 1 << 6,  // F0 80..8F; with too_large_low one bit is enough
  two_tails = 1 << 7,   // good only as third or fourth octet
};
constexpr std::uint8_t too_large_low = overlong_4;  // F5 and up, 80..8F

// By the second-last octet's upper half.
constexpr std::uint8_t kFirstHigh[16] = {
    too_long,
    too_long,
    too_long,
    too_long,  // 0x: ASCII, then a tail
    too_long,
    too_long,
    too_long,
    too_long,
    two_tails,
    two_tails,
    two_tails,
    two_tails,
    too_short | overlong_2,                               // C_
    too_short,                                            // D_
    too_short | overlong_3 | surrogate,                   // E_
    too_short | too_large | too_large_low | overlong_4};  // F_

constexpr std::uint8_t kAlways = too_short | too_long | two_tails;
constexpr std::uint8_t kFirstLow[16] = {
    kAlways | overlong_3 | overlong_2 | overlong_4,  // _0
    kAlways | overlong_2,                            // _1
    kAlways,
    kAlways,
    kAlways | too_large,  // _4
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low | surrogate,  // _D
    kAlways | too_large | too_large_low,
    kAlways | too_large | too_large_low};

constexpr std::uint8_t kTail = too_long | two_tails | overlong_2;
constexpr std::uint8_t kSecondHigh[16] = {
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    kTail | overlong_3 | overlong_4 | too_large_low,  // 8_
    kTail | overlong_3 | too_large,                   // 9_
    kTail | surrogate | too_large,                    // A_
    kTail | surrogate | too_large,                    // B_
    too_short,
    too_short,
    too_short,
    too_short};

MAILTOOL_AVX2 __m256i load_32(const char* from) noexcept {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

MAILTOOL_AVX2 __m256i look_up(const std::uint8_t (&table)[16],
                              __m256i nibbles) noexcept {
  const auto row = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(row), nibbles);
}

// `block` moved up by `Octets`, with the last ones of `before` in front.
template <int Octets>
MAILTOOL_AVX2 __m256i moved(__m256i block, __m256i before) noexcept {
  const auto joint = _mm256_permute2x128_si256(before, block, 0x21);
  return _mm256_alignr_epi8(block, joint, 16 - Octets);
}

MAILTOOL_AVX2 __m256i high_half(__m256i octets) noexcept {
  return _mm256_and_si256(_mm256_srli_epi16(octets, 4), _mm256_set1_epi8(0x0f));
}

// Not zero where `block` has an octet that cannot follow those before it.
MAILTOOL_AVX2 __m256i faults(__m256i block, __m256i before) noexcept {
  const auto low_nibble = _mm256_set1_epi8(0x0f);
  const auto first = moved<1>(block, before);
  const auto pairs = _mm256_and_si256(
      _mm256_and_si256(look_up(kFirstHigh, high_half(first)),
                       look_up(kFirstLow, _mm256_and_si256(first, low_nibble))),
      look_up(kSecondHigh, high_half(block)));
  // A third octet after E_ and a third and fourth after F_ must be tails, and
  // two tails in a row are good nowhere else.
  const auto third =
      _mm256_subs_epu8(moved<2>(block, before),
                       _mm256_set1_epi8(static_cast<char>(0xe0 - 0x80)));
  const auto fourth =
      _mm256_subs_epu8(moved<3>(block, before),
                       _mm256_set1_epi8(static_cast<char>(0xf0 - 0x80)));
  const auto expected =
      _mm256_and_si256(_mm256_or_si256(third, fourth),
                       _mm256_set1_epi8(static_cast<char>(0x80)));
  return _mm256_xor_si256(expected, pairs);
}

// Not zero when a sequence that begins in `block` ends behind it.
MAILTOOL_AVX2 __m256i unfinished(__m256i block) noexcept {
  alignas(32) static constexpr std::uint8_t kMost[32] = {
      255, 255, 255, 255, 255, 255, 255, 255,  255,  255, 255,
      255, 255, 255, 255, 255, 255, 255, 255,  255,  255, 255,
      255, 255, 255, 255, 255, 255, 255, 0xef, 0xdf, 0xbf};
  return _mm256_subs_epu8(
      block, _mm256_load_si256(reinterpret_cast<const __m256i*>(kMost)));
}

// Where the first faulty block of 64 begins, or the last part of one.
MAILTOOL_AVX2 std::size_t sound_blocks(std::string_view text) noexcept {
  auto before = _mm256_setzero_si256();
  auto open = _mm256_setzero_si256();
  std::size_t at = 0;
  for (; at + 64 <= text.size(); at += 64) {
    const auto low = load_32(text.data() + at);
    const auto high = load_32(text.data() + at + 32);
    if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0) {
      if (!_mm256_testz_si256(open, open)) break;
    } else {
      const auto wrong =
          _mm256_or_si256(faults(low, before), faults(high, low));
      if (!_mm256_testz_si256(wrong, wrong)) break;
      open = unfinished(high);
    }
    before = high;
  }
  return at;
}

std::size_t prefix_avx2(std::string_view text) noexcept {
  auto at = sound_blocks(text);
  // The last sequence of the sound blocks, which may go on, has up to four
  // octets.
  for (int back = 0; back < 4 && at > 0; ++back) {
    const auto octet = static_cast<unsigned char>(text[at - 1]);
    if (octet < 0x80) break;
    --at;
    if (octet >= 0xc0) break;
  }
  return at + prefix_scalar(text.substr(at));
}
#undef MAILTOOL_AVX2
#endif

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text,
                              VectorLevel level) noexcept {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2 && text.size() >= 64) return prefix_avx2(text);
#endif
  static_cast<void>(level);
  return prefix_scalar(text);
}

bool is_valid_utf8(std::string_view text) noexcept {
  return valid_utf8_prefix(text) == text.size();
}

// UTF8-3 = %xE0 %xA0-BF UTF8-tail / ...              ; RFC 3629 section 4
IllFormed ill_formed_prefix(std::string_view text) noexcept {
  const auto octet = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned first = octet(0);
  if (first < 0xc2 || first > 0xf4) return {1, false};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  unsigned least = 0x80;
  unsigned most = 0xbf;
  if (first == 0xe0) least = 0xa0;
  if (first == 0xed) most = 0x9f;
  if (first == 0xf0) least = 0x90;
  if (first == 0xf4) most = 0x8f;
  std::size_t good = 1;
  while (good < std::min(length - 1, text.size()) && octet(good) >= least &&
         octet(good) <= most) {
    ++good;
    least = 0x80;
    most = 0xbf;
  }
  return {static_cast<std::uint8_t>(good), good == text.size()};
}

}  // namespace mailtool
