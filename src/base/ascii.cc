#include "mailtool/base/ascii.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool {
namespace {

std::size_t ascii_prefix_scalar(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  while (at < text.size() && !is_8bit(text[at])) ++at;
  return at;
}

#ifdef MAILTOOL_X86
__attribute__((target("avx2"))) __m256i load_32(const char* from) noexcept {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

// 128 octets a round: one test serves four loads. Which octet it was is found
// out in the round that is left.
__attribute__((target("avx2"))) std::size_t ascii_prefix_avx2(
    std::string_view text) noexcept {
  const char* const octets = text.data();
  std::size_t at = 0;
  for (; at + 128 <= text.size(); at += 128) {
    const auto low =
        _mm256_or_si256(load_32(octets + at), load_32(octets + at + 32));
    const auto high =
        _mm256_or_si256(load_32(octets + at + 64), load_32(octets + at + 96));
    if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0) break;
  }
  for (; at + 32 <= text.size(); at += 32) {
    const auto mask =
        static_cast<std::uint32_t>(_mm256_movemask_epi8(load_32(octets + at)));
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
  return at + ascii_prefix_scalar(text.substr(at));
}
#endif

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_upper(c);
  return result;
}

bool iequals(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && istarts_with(a, b);
}

bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (to_lower(text[i]) != to_lower(prefix[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == text.npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

bool is_ascii(std::string_view text) noexcept {
  return ascii_prefix(text) == text.size();
}

std::size_t ascii_prefix(std::string_view text, VectorLevel level) noexcept {
#ifdef MAILTOOL_X86
  if (level >= VectorLevel::avx2) return ascii_prefix_avx2(text);
#endif
  static_cast<void>(level);
  return ascii_prefix_scalar(text);
}

bool has_line_break_or_nul(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

std::optional<std::uint64_t> parse_number(std::string_view text,
                                          std::uint64_t max) noexcept {
  if (text.empty() || text.size() > 20) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (value > max) return std::nullopt;
  return value;
}

}  // namespace mailtool
