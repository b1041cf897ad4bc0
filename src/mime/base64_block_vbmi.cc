// base64 by AVX-512 VBMI: 64 characters, which are 48 octets, at a time.
#include "base64_block.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>

#include <bit>

#define MAILTOOL_VBMI \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2")))

namespace mailtool::mime {
namespace {

using Table = std::array<std::uint8_t, 64>;

// Where the three octets of each group stand in its 32 bits, for decoding; the
// last sixteen octets have no meaning.
constexpr Table kPackOrder = [] {
  Table order{};
  for (std::size_t group = 0; group < 16; ++group) {
    for (std::size_t i = 0; i < 3; ++i) {
      order[3 * group + i] = static_cast<std::uint8_t>(4 * group + 2 - i);
    }
  }
  return order;
}();

// The reverse: the 24 bits of a group as a number, for encoding.
constexpr Table kSpreadOrder = [] {
  Table order{};
  for (std::size_t group = 0; group < 16; ++group) {
    for (std::size_t i = 0; i < 3; ++i) {
      order[4 * group + i] = static_cast<std::uint8_t>(3 * group + 2 - i);
    }
  }
  return order;
}();

// Where the six bits of each character begin in 64 bits that hold two groups.
constexpr std::uint64_t kBitOffsets = 0x20262c3200060c12;

// With a mask that keeps all: g++ 12 warns of the form without a mask.
MAILTOOL_VBMI inline __m512i permute(__m512i order, __m512i octets) {
  return _mm512_maskz_permutexvar_epi8(~__mmask64{}, order, octets);
}

MAILTOOL_VBMI inline __m512i load(const void* from) {
  return _mm512_loadu_si512(from);
}

// Writes what 64 characters decode to, 48 octets of it and 16 of no meaning,
// and returns a bit for each character that is not of the alphabet.
MAILTOOL_VBMI inline std::uint64_t decode_block(const char* in, char* out) {
  const auto text = load(in);
  const auto values = _mm512_permutex2var_epi8(load(kBase64Values.data()), text,
                                               load(kBase64Values.data() + 64));
  const auto pairs =
      _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));
  const auto groups = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
  _mm512_storeu_si512(out, permute(load(kPackOrder.data()), groups));
  return _mm512_movepi8_mask(_mm512_or_si512(values, text));
}

// Reads 48 octets, writes 64 characters.
MAILTOOL_VBMI inline void encode_block(const char* in, char* out) {
  const auto octets = _mm512_maskz_loadu_epi8(0x0000ffffffffffff, in);
  const auto groups = permute(load(kSpreadOrder.data()), octets);
  const auto values = _mm512_maskz_multishift_epi64_epi8(
      ~__mmask64{}, _mm512_set1_epi64(static_cast<long long>(kBitOffsets)),
      groups);
  _mm512_storeu_si512(out, permute(values, load(kBase64Alphabet)));
}

}  // namespace

MAILTOOL_VBMI Base64Progress decode_base64_vbmi(const char* in, const char* end,
                                                char* out) {
  while (end - in >= 66) {
    const auto bad = decode_block(in, out);
    if (bad == 0) {
      in += 64;
      out += 48;
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

MAILTOOL_VBMI char* encode_base64_vbmi(const char* in, std::size_t lines,
                                       char* out) {
  for (; lines > 0; --lines) {
    encode_block(in, out);
    encode_block(in + 9, out + 12);
    out[kBase64LineCharacters] = '\r';
    out[kBase64LineCharacters + 1] = '\n';
    in += kBase64LineOctets;
    out += kBase64LineCharacters + 2;
  }
  return out;
}

}  // namespace mailtool::mime
#endif
