// Blocks of clean base64, decoded and encoded by each level of vectors. All
// levels give the same octets; they may stop decoding at different places.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mailtool/base/cpu.h"

namespace mailtool::mime {

inline constexpr char kBase64Alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The value of each character of the alphabet; 0xff for all others.
inline constexpr auto kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xff);
  for (std::size_t i = 0; i < 64; ++i) {
    values[static_cast<unsigned char>(kBase64Alphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return values;
}();

// RFC 2045 section 6.8: lines of 76 characters, of 57 octets.
inline constexpr std::size_t kBase64LineCharacters = 76;
inline constexpr std::size_t kBase64LineOctets = 57;

// What may be written behind what was decoded or encoded.
inline constexpr std::size_t kBase64Slack = 64;

// Where decoding stopped: what is before `in` was read, before `out` written.
struct Base64Progress {
  const char* in;
  char* out;
};

// Decodes whole groups of four from the beginning of a group on, LF and CRLF
// between groups left out. Stops at the first group that is not clean and
// whole. [out, out + (end - in) / 4 * 3 + kBase64Slack) is writable.
using DecodeBase64Blocks = Base64Progress (*)(const char* in, const char* end,
                                              char* out);

// Encodes `lines` lines of kBase64LineOctets, each with CRLF behind it, and
// returns the end of what was written; kBase64Slack octets more are writable.
using EncodeBase64Lines = char* (*)(const char* in, std::size_t lines,
                                    char* out);

// Of this level, or of that of this machine when it is lower.
[[nodiscard]] DecodeBase64Blocks decode_base64_blocks(
    VectorLevel level) noexcept;
[[nodiscard]] EncodeBase64Lines encode_base64_lines(VectorLevel level) noexcept;

// The twins, to be called through the above.
Base64Progress decode_base64_scalar(const char* in, const char* end, char* out);
char* encode_base64_scalar(const char* in, std::size_t lines, char* out);
#ifdef MAILTOOL_X86
Base64Progress decode_base64_avx2(const char* in, const char* end, char* out);
char* encode_base64_avx2(const char* in, std::size_t lines, char* out);
Base64Progress decode_base64_vbmi(const char* in, const char* end, char* out);
char* encode_base64_vbmi(const char* in, std::size_t lines, char* out);
#endif

}  // namespace mailtool::mime
