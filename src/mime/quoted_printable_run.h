// Runs of quoted-printable, decoded and found by each level of vectors. All
// levels give the same octets; they may stop decoding at different places.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mailtool/base/ascii.h"
#include "mailtool/base/cpu.h"

namespace mailtool::mime {

// The value of a hexadecimal digit, of either case; 0xff for all others.
inline constexpr auto kHexValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xff);
  for (std::uint8_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    values['A' + i] = values['a' + i] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

[[nodiscard]] inline std::uint8_t hex_value(char c) noexcept {
  return kHexValues[static_cast<unsigned char>(c)];
}

// What may be written behind what was decoded.
inline constexpr std::size_t kQuotedPrintableSlack = 64;

// Where decoding stopped: what is before `in` was read, before `out` written.
struct QuotedPrintableProgress {
  const char* in;
  char* out;
};

// Decodes text, hex pairs and soft breaks without blanks. Stops at "=" before
// anything else, or too near to `end` to tell, and at LF or CRLF behind blanks
// (the LF). The octet before `in` is no blank, and no CR that `in` may follow.
// [out, out + (end - in) + kQuotedPrintableSlack) is writable.
using DecodeQuotedPrintableRun = QuotedPrintableProgress (*)(const char* in,
                                                             const char* end,
                                                             char* out);

// Encodes octets of one line: "=", controls but the tab, and 8-bit octets are
// escaped. Stops at CR and LF, and when less than three characters are left
// before `line_end`. [line_end, line_end + kQuotedPrintableSlack) is writable.
using EncodeQuotedPrintableRun = QuotedPrintableProgress (*)(
    const char* in, const char* end, char* out, const char* line_end);

// Of this level, or of that of this machine when it is lower.
[[nodiscard]] DecodeQuotedPrintableRun decode_quoted_printable_run(
    VectorLevel level) noexcept;
[[nodiscard]] EncodeQuotedPrintableRun encode_quoted_printable_run(
    VectorLevel level) noexcept;

// How many octets the "=" at `in` and what belongs to it are: 3 with a hex pair
// or CRLF, 2 with LF; 0 when it is neither, or `end` comes too early.
[[nodiscard]] inline std::size_t escape_length(const char* in,
                                               const char* end) noexcept {
  if (end - in < 2) return 0;
  if (in[1] == '\n') return 2;
  if (end - in < 3) return 0;
  if (in[1] == '\r') return in[2] == '\n' ? 3 : 0;
  return (hex_value(in[1]) | hex_value(in[2])) < 16 ? 3 : 0;
}

// Decodes what escape_length() measured; puts one octet, or none for a break.
[[nodiscard]] inline char* put_escape(const char* in, char* out) noexcept {
  if (in[1] == '\n' || in[1] == '\r') return out;
  *out = static_cast<char>(hex_value(in[1]) << 4 | hex_value(in[2]));
  return out + 1;
}

// A bit for each LF of a block that begins at `in`, within a run that began at
// `begin`, before which blanks stand, a CR between them or not.
[[nodiscard]] inline std::uint64_t after_blanks(const char* begin,
                                                const char* in,
                                                std::uint64_t line_feeds,
                                                std::uint64_t returns,
                                                std::uint64_t blanks) noexcept {
  const auto before = [&](std::ptrdiff_t back) {
    return in - begin >= back ? in[-back] : 'x';
  };
  const std::uint64_t blank1 = blanks << 1 | (is_blank(before(1)) ? 1 : 0);
  const std::uint64_t blank2 = blank1 << 1 | (is_blank(before(2)) ? 1 : 0);
  const std::uint64_t return1 = returns << 1 | (before(1) == '\r' ? 1 : 0);
  return line_feeds & (blank1 | (return1 & blank2));
}

// What each octet is in an encoded line: as it stands, or "=" and its value.
struct alignas(8) QuotedPrintableForm {
  std::array<char, 4> text{};  // the last one is not written out
  std::uint8_t length = 0;     // 0: CR and LF
};

inline constexpr auto kQuotedPrintableForms = [] {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::array<QuotedPrintableForm, 256> forms{};
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const bool plain = (i >= ' ' && i <= '~' && i != '=') || i == '\t';
    if (plain) {
      forms[i] = {{static_cast<char>(i), 0, 0, 0}, 1};
    } else if (i != '\r' && i != '\n') {
      forms[i] = {{'=', kHex[i >> 4], kHex[i & 15], 0}, 3};
    }
  }
  return forms;
}();

// Whether blanks stand before the LF at `in`, or before the CR before it.
[[nodiscard]] inline bool is_after_blank(const char* begin,
                                         const char* in) noexcept {
  if (in != begin && in[-1] == '\r') --in;
  return in != begin && is_blank(in[-1]);
}

// The end of a run that began at `begin`: decodes on from `in`, octet by octet.
QuotedPrintableProgress decode_quoted_printable_rest(const char* begin,
                                                     const char* in,
                                                     const char* end,
                                                     char* out);

// The twins, to be called through the above.
QuotedPrintableProgress decode_quoted_printable_scalar(const char* in,
                                                       const char* end,
                                                       char* out);
QuotedPrintableProgress encode_quoted_printable_scalar(const char* in,
                                                       const char* end,
                                                       char* out,
                                                       const char* line_end);
#ifdef MAILTOOL_X86
QuotedPrintableProgress decode_quoted_printable_avx2(const char* in,
                                                     const char* end,
                                                     char* out);
QuotedPrintableProgress encode_quoted_printable_avx2(const char* in,
                                                     const char* end, char* out,
                                                     const char* line_end);
QuotedPrintableProgress decode_quoted_printable_vbmi2(const char* in,
                                                      const char* end,
                                                      char* out);
#endif

}  // namespace mailtool::mime
