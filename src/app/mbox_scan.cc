// Where lines begin that matter to an mbox.

#include "app/mbox_scan.h"

#include <cstdint>

#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool::app {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr auto kNone = std::string_view::npos;

bool is_mark(char c) { return c == '\n' || c == '\r' || (c | 0x20) == 'c'; }

std::size_t find_from_line_scalar(std::string_view octets, std::size_t from) {
  for (auto i = octets.find('\n', from); i != kNone;
       i = octets.find('\n', i + 1)) {
    if (octets.substr(i + 1).starts_with(kFrom)) return i;
  }
  return kNone;
}

std::size_t find_header_mark_scalar(std::string_view octets, std::size_t from) {
  for (auto i = octets.find('\n', from); i != kNone && i + 1 < octets.size();
       i = octets.find('\n', i + 1)) {
    if (is_mark(octets[i + 1])) return i;
  }
  return kNone;
}

#ifdef MAILTOOL_X86

#define MAILTOOL_AVX2 __attribute__((target("avx2,bmi,bmi2")))

MAILTOOL_AVX2 inline __m256i load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

MAILTOOL_AVX2 inline std::uint64_t join(__m256i low, __m256i high) {
  const auto l = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto h = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return l | std::uint64_t{h} << 32;
}

// LF with "F" behind it, in 32 octets; reads 33.
MAILTOOL_AVX2 inline __m256i from_marks(const char* at) {
  return _mm256_and_si256(
      _mm256_cmpeq_epi8(load(at), _mm256_set1_epi8('\n')),
      _mm256_cmpeq_epi8(load(at + 1), _mm256_set1_epi8('F')));
}

// LF with LF, CR, "C" or "c" behind it, in 32 octets; reads 33.
MAILTOOL_AVX2 inline __m256i header_marks(const char* at) {
  const auto next = load(at + 1);
  const auto lower = _mm256_or_si256(next, _mm256_set1_epi8(0x20));
  const auto ends =
      _mm256_or_si256(_mm256_cmpeq_epi8(next, _mm256_set1_epi8('\n')),
                      _mm256_cmpeq_epi8(next, _mm256_set1_epi8('\r')));
  const auto marks =
      _mm256_or_si256(ends, _mm256_cmpeq_epi8(lower, _mm256_set1_epi8('c')));
  return _mm256_and_si256(_mm256_cmpeq_epi8(load(at), _mm256_set1_epi8('\n')),
                          marks);
}

MAILTOOL_AVX2 std::size_t find_from_line_avx2(std::string_view octets,
                                              std::size_t from) {
  const char* const data = octets.data();
  for (; from + 65 <= octets.size(); from += 64) {
    auto bits = join(from_marks(data + from), from_marks(data + from + 32));
    for (; bits != 0; bits &= bits - 1) {
      const auto at = from + static_cast<unsigned>(__builtin_ctzll(bits));
      if (octets.substr(at + 1).starts_with(kFrom)) return at;
    }
  }
  return find_from_line_scalar(octets, from);
}

MAILTOOL_AVX2 std::size_t find_header_mark_avx2(std::string_view octets,
                                                std::size_t from) {
  const char* const data = octets.data();
  for (; from + 65 <= octets.size(); from += 64) {
    const auto bits =
        join(header_marks(data + from), header_marks(data + from + 32));
    if (bits != 0) return from + static_cast<unsigned>(__builtin_ctzll(bits));
  }
  return find_header_mark_scalar(octets, from);
}

#endif

}  // namespace

std::size_t find_from_line(std::string_view octets, std::size_t from,
                           [[maybe_unused]] VectorLevel level) {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2) return find_from_line_avx2(octets, from);
#endif
  return find_from_line_scalar(octets, from);
}

std::size_t find_header_mark(std::string_view octets, std::size_t from,
                             [[maybe_unused]] VectorLevel level) {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2) return find_header_mark_avx2(octets, from);
#endif
  return find_header_mark_scalar(octets, from);
}

}  // namespace mailtool::app
