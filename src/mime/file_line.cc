// The search for lines that can begin a file, by vector where there is one.
#include <cstdint>

#include "mailtool/base/cpu.h"
#include "mailtool/mime/embedded_file.h"

#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool::mime {
namespace {

bool is_first(char c) { return c == 'b' || c == '=' || c == '('; }

#ifdef MAILTOOL_X86
// Compares 32 octets with LF, and the 32 that begin one later with the three.
__attribute__((target("avx2"))) std::size_t find_file_line_avx2(
    std::string_view text) noexcept {
  constexpr std::size_t kStep = 32;
  const auto line_end = _mm256_set1_epi8('\n');
  const auto b = _mm256_set1_epi8('b');
  const auto equals = _mm256_set1_epi8('=');
  const auto bracket = _mm256_set1_epi8('(');
  std::size_t i = 0;
  for (; text.size() - i > kStep; i += kStep) {
    const auto* at = text.data() + i;
    const auto here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const auto next =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 1));
    const auto first =
        _mm256_or_si256(_mm256_cmpeq_epi8(next, b),
                        _mm256_or_si256(_mm256_cmpeq_epi8(next, equals),
                                        _mm256_cmpeq_epi8(next, bracket)));
    const auto both =
        _mm256_and_si256(_mm256_cmpeq_epi8(here, line_end), first);
    const auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(both));
    if (mask != 0) return i + static_cast<std::size_t>(__builtin_ctz(mask));
  }
  const auto rest = find_file_line_scalar(text.substr(i));
  return rest == text.npos ? rest : i + rest;
}
#endif

}  // namespace

std::size_t find_file_line_scalar(std::string_view text) noexcept {
  for (auto at = text.find('\n'); at != text.npos;
       at = text.find('\n', at + 1)) {
    if (at + 1 < text.size() && is_first(text[at + 1])) return at;
  }
  return text.npos;
}

std::size_t find_file_line(std::string_view text) noexcept {
#ifdef MAILTOOL_X86
  static const bool avx2 = vector_level() >= VectorLevel::avx2;
  if (avx2) return find_file_line_avx2(text);
#endif
  return find_file_line_scalar(text);
}

}  // namespace mailtool::mime
