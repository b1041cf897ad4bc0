#include "quoted_printable_run.h"

#include <algorithm>
#include <cstring>

namespace mailtool::mime {
namespace {

constexpr std::uint64_t kEach = 0x0101010101010101;

// Not zero when an octet of `word` is zero.
constexpr std::uint64_t zeros(std::uint64_t word) {
  return (word - kEach) & ~word & kEach << 7;
}

// Whether eight octets hold neither "=" nor LF.
bool is_plain(const char* in) {
  std::uint64_t word = 0;
  std::memcpy(&word, in, sizeof word);
  return (zeros(word ^ kEach * '=') | zeros(word ^ kEach * '\n')) == 0;
}

}  // namespace

QuotedPrintableProgress decode_quoted_printable_rest(const char* begin,
                                                     const char* in,
                                                     const char* end,
                                                     char* out) {
  while (in != end) {
    if (end - in >= 8 && is_plain(in)) {
      std::memcpy(out, in, 8);
      in += 8;
      out += 8;
    } else if (*in == '=') {
      const auto length = escape_length(in, end);
      if (length == 0) break;
      out = put_escape(in, out);
      in += length;
    } else if (*in == '\n' && is_after_blank(begin, in)) {
      break;
    } else {
      *out++ = *in++;
    }
  }
  return {in, out};
}

QuotedPrintableProgress decode_quoted_printable_scalar(const char* in,
                                                       const char* end,
                                                       char* out) {
  return decode_quoted_printable_rest(in, in, end, out);
}

QuotedPrintableProgress encode_quoted_printable_scalar(const char* in,
                                                       const char* end,
                                                       char* out,
                                                       const char* line_end) {
  while (in != end && line_end - out >= 3) {
    const auto& form = kQuotedPrintableForms[static_cast<unsigned char>(*in)];
    if (form.length == 0) break;
    std::memcpy(out, form.text.data(), form.text.size());
    out += form.length;
    ++in;
  }
  return {in, out};
}

DecodeQuotedPrintableRun decode_quoted_printable_run(
    VectorLevel level) noexcept {
  switch (std::min(level, vector_level())) {
#ifdef MAILTOOL_X86
    case VectorLevel::avx512vbmi2: return decode_quoted_printable_vbmi2;
    case VectorLevel::avx2: return decode_quoted_printable_avx2;
#endif
    default: return decode_quoted_printable_scalar;
  }
}

EncodeQuotedPrintableRun encode_quoted_printable_run(
    VectorLevel level) noexcept {
  switch (std::min(level, vector_level())) {
#ifdef MAILTOOL_X86
    case VectorLevel::avx512vbmi2:
    case VectorLevel::avx2: return encode_quoted_printable_avx2;
#endif
    default: return encode_quoted_printable_scalar;
  }
}

}  // namespace mailtool::mime
