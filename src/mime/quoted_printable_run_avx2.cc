// quoted-printable by AVX2: text is copied 32 octets at a time.
#include "quoted_printable_run.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

#define MAILTOOL_AVX2 __attribute__((target("avx2,bmi,bmi2")))

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

// A bit for each octet that does not stand for itself in an encoded line.
MAILTOOL_AVX2 inline std::uint32_t escaped(__m256i text) {
  const auto low = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), text);  // or 8-bit
  const auto controls = _mm256_andnot_si256(equal(text, '\t'), low);
  return bits(_mm256_or_si256(
      controls, _mm256_or_si256(equal(text, '='), equal(text, '\x7f'))));
}

}  // namespace

MAILTOOL_AVX2 QuotedPrintableProgress decode_quoted_printable_avx2(
    const char* in, const char* end, char* out) {
  const char* const begin = in;
  while (end - in >= 32) {
    const auto text = load(in);
    store(out, text);
    const auto stops = ends(begin, in, text);
    if (stops == 0) {
      in += 32;
      out += 32;
      continue;
    }
    const auto plain = std::countr_zero(stops);
    in += plain;
    out += plain;
    if (*in == '\n') return {in, out};
    while (in != end && *in == '=') {
      const auto length = escape_length(in, end);
      if (length == 0) return {in, out};
      out = put_escape(in, out);
      in += length;
    }
  }
  return decode_quoted_printable_rest(begin, in, end, out);
}

MAILTOOL_AVX2 QuotedPrintableProgress encode_quoted_printable_avx2(
    const char* in, const char* end, char* out, const char* line_end) {
  // Escapes come in groups: so many octets are taken singly behind one.
  constexpr std::ptrdiff_t kSingly = 8;
  while (end - in >= 32 && line_end - out >= 3) {
    const auto text = load(in);
    store(out, text);
    const auto stops = escaped(text);
    const auto plain = std::min<std::ptrdiff_t>(
        stops == 0 ? 32 : std::countr_zero(stops), line_end - out);
    in += plain;
    out += plain;
    if (stops == 0) continue;
    const char* const until = in + std::min(kSingly, end - in);
    while (in != until && line_end - out >= 3) {
      const auto& form = kQuotedPrintableForms[static_cast<unsigned char>(*in)];
      if (form.length == 0) return {in, out};
      std::memcpy(out, form.text.data(), form.text.size());
      out += form.length;
      ++in;
    }
  }
  return encode_quoted_printable_scalar(in, end, out, line_end);
}

}  // namespace mailtool::mime
#endif
