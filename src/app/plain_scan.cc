#include "app/plain_scan.h"

#include <array>
#include <bit>
#include <cstdint>

#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool::app {
namespace {

constexpr auto kPrintable = [] {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x7f; ++i) plain[i] = true;
  return plain;
}();

constexpr auto kHeaderPlain = [] {
  auto plain = kPrintable;
  plain['?'] = false;
  return plain;
}();

constexpr auto kJsonPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x100; ++i) {
    plain[i] = i != '"' && i != '\\' && i != 0x7f && i != 0xc2 && i != 0xe2;
  }
  return plain;
}();

std::size_t scan(std::string_view text, const std::array<bool, 256>& plain) {
  std::size_t i = 0;
  while (i < text.size() && plain[static_cast<unsigned char>(text[i])]) ++i;
  return i;
}

#ifdef MAILTOOL_X86

__attribute__((target("avx2"))) inline __m256i is(__m256i octets, int octet) {
  return _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(static_cast<char>(octet)));
}

// Each gives a bit for each of 32 octets: it is not plain.
struct Printable {
  __attribute__((target("avx2"))) static inline std::uint32_t special(
      __m256i octets) {
    const auto graphic = _mm256_cmpgt_epi8(octets, _mm256_set1_epi8(0x1f));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(
        _mm256_or_si256(is(octets, 0x7f), is(graphic, 0))));
  }
};

struct HeaderPlain {
  __attribute__((target("avx2"))) static inline std::uint32_t special(
      __m256i octets) {
    return Printable::special(octets) |
           static_cast<std::uint32_t>(_mm256_movemask_epi8(is(octets, '?')));
  }
};

struct JsonPlain {
  __attribute__((target("avx2"))) static inline std::uint32_t special(
      __m256i octets) {
    const auto control = _mm256_cmpeq_epi8(
        _mm256_min_epu8(octets, _mm256_set1_epi8(0x1f)), octets);
    const auto ascii = _mm256_or_si256(
        is(octets, '"'), _mm256_or_si256(is(octets, '\\'), is(octets, 0x7f)));
    const auto wide = _mm256_or_si256(is(octets, 0xc2), is(octets, 0xe2));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(
        _mm256_or_si256(control, _mm256_or_si256(ascii, wide))));
  }
};

// The last block overlaps the one before: what it sees again is plain.
template <class Kind>
__attribute__((target("avx2"))) std::size_t scan_avx2(
    std::string_view text, const std::array<bool, 256>& plain) {
  if (text.size() < 32) return scan(text, plain);
  std::size_t at = 0;
  while (true) {
    const auto octets = _mm256_loadu_si256(
        reinterpret_cast<const __m256i*>(text.data() + at));
    if (const auto special = Kind::special(octets); special != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(special));
    }
    if (at + 32 == text.size()) return text.size();
    at += text.size() - at >= 64 ? 32 : text.size() - at - 32;
  }
}

#endif

}  // namespace

std::size_t printable_ascii_prefix(std::string_view text,
                                   VectorLevel level) noexcept {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2) return scan_avx2<Printable>(text, kPrintable);
#endif
  (void)level;
  return scan(text, kPrintable);
}

std::size_t header_plain_prefix(std::string_view text,
                                VectorLevel level) noexcept {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2) {
    return scan_avx2<HeaderPlain>(text, kHeaderPlain);
  }
#endif
  (void)level;
  return scan(text, kHeaderPlain);
}

std::size_t json_plain_prefix(std::string_view text, VectorLevel level) noexcept {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2) return scan_avx2<JsonPlain>(text, kJsonPlain);
#endif
  (void)level;
  return scan(text, kJsonPlain);
}

}  // namespace mailtool::app
