// quoted-printable by AVX2: text is copied 32 octets at a time.
#include "quoted_printable_run.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>

#include <algorithm>
#include <bit>

#define MAILTOOL_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

namespace mailtool::mime {
namespace {

MAILTOOL_AVX2 inline __m256i load(const char* in) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
}

MAILTOOL_AVX2 inline void store(char* out, __m256i octets) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), octets);
}

MAILTOOL_AVX2 inline std::uint32_t bits(__m256i octets) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(octets));
}

MAILTOOL_AVX2 inline __m256i equal(__m256i octets, char to) {
  return _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(to));
}

// A bit for each octet of a block that ends a copy: "=", and LF behind blanks.
MAILTOOL_AVX2 inline std::uint32_t ends(const char* begin, const char* in,
                                        __m256i text) {
  const auto equals = equal(text, '=');
  const auto feeds = equal(text, '\n');
  if (bits(_mm256_or_si256(equals, feeds)) == 0) return 0;
  const auto blanks = _mm256_or_si256(equal(text, ' '), equal(text, '\t'));
  return bits(equals) |
         static_cast<std::uint32_t>(after_blanks(
             begin, in, bits(feeds), bits(equal(text, '\r')), bits(blanks)));
}

// Where the decoding of a block ended, and whether at the end of the block.
struct BlockEnd {
  const char* in;
  char* out;
  bool whole;
};

// Decodes a block that has `stops`: the octets between them are copied 32 at a
// time, however few they are, so that nothing depends on their number. Reads up
// to 66 octets.
MAILTOOL_AVX2 inline BlockEnd decode_block(const char* in, std::uint32_t stops,
                                           char* out) {
  const char* const begin = in;
  for (; stops != 0; stops &= stops - 1) {
    const char* const stop = begin + std::countr_zero(stops);
    store(out, load(in));
    out += stop - in;
    in = stop;
    const auto high = hex_value(stop[1]);
    const auto low = hex_value(stop[2]);
    if ((high | low) < 16 && *stop == '=') {
      *out++ = static_cast<char>(high << 4 | low);
      in += 3;
      continue;
    }
    const auto length = *stop == '=' ? escape_length(stop, stop + 3) : 0;
    if (length == 0) return {in, out, false};
    in += length;
  }
  const char* const end = std::max(in, begin + 32);
  store(out, load(in));
  return {end, out + (end - in), true};
}

// A bit for each octet that does not stand for itself in an encoded line.
MAILTOOL_AVX2 inline std::uint32_t escaped(__m256i text) {
  const auto low = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), text);  // or 8-bit
  const auto controls = _mm256_andnot_si256(equal(text, '\t'), low);
  return bits(_mm256_or_si256(
      controls, _mm256_or_si256(equal(text, '='), equal(text, '\x7f'))));
}

}  // namespace

MAILTOOL_AVX2 QuotedPrintableProgress
decode_quoted_printable_avx2(const char* in, const char* end, char* out) {
  const char* const begin = in;
  while (end - in >= 66) {
    const auto text = load(in);
    store(out, text);
    const auto stops = ends(begin, in, text);
    if (stops == 0) {
      in += 32;
      out += 32;
      continue;
    }
    const auto done = decode_block(in, stops, out);
    in = done.in;
    out = done.out;
    if (!done.whole) return {in, out};
  }
  return decode_quoted_printable_rest(begin, in, end, out);
}

MAILTOOL_AVX2 QuotedPrintableProgress encode_quoted_printable_avx2(
    const char* in, const char* end, char* out, const char* line_end) {
  // Escapes come in groups: behind one so many octets are taken singly, and the
  // rest of the line behind many.
  constexpr std::ptrdiff_t kSingly = 8;
  constexpr int kMany = 3;
  while (end - in >= 32 + kSingly && line_end - out >= 3) {
    const auto text = load(in);
    store(out, text);
    const auto stops = escaped(text);
    const auto plain = std::min<std::ptrdiff_t>(
        stops == 0 ? 32 : std::countr_zero(stops), line_end - out);
    in += plain;
    out += plain;
    if (stops == 0) continue;
    if (std::popcount(stops) >= kMany) break;
    const auto done =
        encode_quoted_printable_scalar(in, in + kSingly, out, line_end);
    const bool stopped = done.in != in + kSingly;
    in = done.in;
    out = done.out;
    if (stopped) return {in, out};
  }
  return encode_quoted_printable_scalar(in, end, out, line_end);
}

}  // namespace mailtool::mime
#endif
