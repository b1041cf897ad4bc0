// quoted-printable by AVX-512 VBMI2: 64 octets at a time, escapes and soft
// breaks among them, without a branch for each.
#include "quoted_printable_run.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>

#include <bit>

#define MAILTOOL_VBMI2                                          \
  __attribute__((                                               \
      target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2" \
             ",bmi,bmi2,popcnt")))

namespace mailtool::mime {
namespace {

MAILTOOL_VBMI2 inline __m512i load(const void* in) {
  return _mm512_loadu_si512(in);
}

MAILTOOL_VBMI2 inline std::uint64_t equal(__m512i octets, char to) {
  return _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8(to));
}

// The values of hexadecimal digits; the high bit is set for all others.
MAILTOOL_VBMI2 inline __m512i hex_values(__m512i digits) {
  const auto values = _mm512_permutex2var_epi8(load(kHexValues.data()), digits,
                                               load(kHexValues.data() + 64));
  return _mm512_or_si512(values,
                         _mm512_and_si512(digits, _mm512_set1_epi8('\x80')));
}

// What the "=" of a block are, a bit for each of them.
struct Escapes {
  std::uint64_t pairs = 0;
  std::uint64_t lf_breaks = 0;
  std::uint64_t crlf_breaks = 0;
  std::uint64_t invalid = 0;
  __m512i octets;  // what the pairs decode to, at the "="
};

// Reads 66 octets.
MAILTOOL_VBMI2 inline Escapes read_escapes(const char* in,
                                           std::uint64_t equals) {
  const auto next = load(in + 1);
  const auto after_next = load(in + 2);
  const auto high = hex_values(next);
  const auto low = hex_values(after_next);
  Escapes found;
  found.pairs = equals & ~_mm512_movepi8_mask(_mm512_or_si512(high, low));
  found.lf_breaks = equals & equal(next, '\n');
  found.crlf_breaks = equals & equal(next, '\r') & equal(after_next, '\n');
  found.invalid = equals & ~(found.pairs | found.lf_breaks | found.crlf_breaks);
  const auto shifted = _mm512_and_si512(
      _mm512_slli_epi16(high, 4), _mm512_set1_epi8(static_cast<char>(0xf0)));
  found.octets = _mm512_or_si512(shifted, low);
  return found;
}

}  // namespace

MAILTOOL_VBMI2 QuotedPrintableProgress
decode_quoted_printable_vbmi2(const char* in, const char* end, char* out) {
  const char* const begin = in;
  while (end - in >= 66) {
    const auto text = load(in);
    const auto equals = equal(text, '=');
    const auto feeds = equal(text, '\n');
    if ((equals | feeds) == 0) {
      _mm512_storeu_si512(out, text);
      in += 64;
      out += 64;
      continue;
    }
    const auto blanks = equal(text, ' ') | equal(text, '\t');
    auto stops = after_blanks(begin, in, feeds, equal(text, '\r'), blanks);
    if ((equals | stops) == 0) {
      _mm512_storeu_si512(out, text);
      in += 64;
      out += 64;
      continue;
    }
    const auto found = read_escapes(in, equals);
    stops |= found.invalid;
    const auto three = found.pairs | found.crlf_breaks;
    auto kept =
        ~(found.lf_breaks | found.crlf_breaks | equals << 1 | three << 2);
    if (stops != 0) kept &= (stops & (~stops + 1)) - 1;
    const auto decoded = _mm512_mask_mov_epi8(text, found.pairs, found.octets);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(kept, decoded));
    out += std::popcount(kept);
    if (stops != 0) return {in + std::countr_zero(stops), out};
    // An escape at the end of the block reaches beyond it.
    in += 64 + (three >> 63) + (three >> 62 & 1) + (equals >> 63);
  }
  return decode_quoted_printable_rest(begin, in, end, out);
}

}  // namespace mailtool::mime
#endif
