#include "base64_block.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mailtool::mime {
namespace {

// The octet at `shift` of a 32 bit word is the one of place `shift` / 8 in
// memory on every machine.
constexpr std::uint32_t in_memory(std::uint32_t octet, unsigned place) {
  return std::endian::native == std::endian::little ? octet << (8 * place)
                                                    : octet << (24 - 8 * place);
}

constexpr std::uint32_t kNoCharacter = in_memory(0xff, 3);

// For each place in a group of four, what a character adds to the three octets
// in memory. The fourth octet tells characters outside the alphabet.
constexpr auto kPlaces = [] {
  std::array<std::array<std::uint32_t, 256>, 4> places{};
  for (std::size_t c = 0; c < 256; ++c) {
    const std::uint32_t value = kBase64Values[c];
    if (value > 63) {
      for (auto& place : places) place[c] = kNoCharacter;
      continue;
    }
    places[0][c] = in_memory(value << 2, 0);
    places[1][c] = in_memory(value >> 4, 0) | in_memory(value << 4 & 0xff, 1);
    places[2][c] = in_memory(value >> 2, 1) | in_memory(value << 6 & 0xff, 2);
    places[3][c] = in_memory(value, 2);
  }
  return places;
}();

std::uint32_t group_at(const char* in) {
  const auto at = [in](std::size_t i) {
    return kPlaces[i][static_cast<unsigned char>(in[i])];
  };
  return at(0) | at(1) | at(2) | at(3);
}

// Two characters for each twelve bits.
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {kBase64Alphabet[i >> 6], kBase64Alphabet[i & 63]};
  }
  return pairs;
}();

}  // namespace

Base64Progress decode_base64_scalar(const char* in, const char* end,
                                    char* out) {
  while (end - in >= 4) {
    const auto group = group_at(in);
    if ((group & kNoCharacter) == 0) {
      std::memcpy(out, &group, 4);
      in += 4;
      out += 3;
    } else if (*in == '\n') {
      ++in;
    } else if (*in == '\r' && in[1] == '\n') {
      in += 2;
    } else {
      break;
    }
  }
  return {in, out};
}

char* encode_base64_scalar(const char* in, std::size_t lines, char* out) {
  for (; lines > 0; --lines) {
    for (std::size_t i = 0; i < kBase64LineOctets; i += 3, in += 3, out += 4) {
      const auto octet = [in](std::size_t place) -> std::uint32_t {
        return static_cast<unsigned char>(in[place]);
      };
      const auto group = octet(0) << 16 | octet(1) << 8 | octet(2);
      std::memcpy(out, kPairs[group >> 12].data(), 2);
      std::memcpy(out + 2, kPairs[group & 0xfff].data(), 2);
    }
    *out++ = '\r';
    *out++ = '\n';
  }
  return out;
}

DecodeBase64Blocks decode_base64_blocks(VectorLevel level) noexcept {
  switch (std::min(level, vector_level())) {
#ifdef MAILTOOL_X86
    case VectorLevel::avx512vbmi2: return decode_base64_vbmi;
    case VectorLevel::avx2: return decode_base64_avx2;
#endif
    default: return decode_base64_scalar;
  }
}

EncodeBase64Lines encode_base64_lines(VectorLevel level) noexcept {
  switch (std::min(level, vector_level())) {
#ifdef MAILTOOL_X86
    case VectorLevel::avx512vbmi2: return encode_base64_vbmi;
    case VectorLevel::avx2: return encode_base64_avx2;
#endif
    default: return encode_base64_scalar;
  }
}

}  // namespace mailtool::mime
