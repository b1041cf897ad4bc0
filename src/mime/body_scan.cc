#include "mailtool/mime/body_scan.h"

#include <cstring>

#include "mailtool/base/cpu.h"
#include "mailtool/mime/header.h"
#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool::mime {
namespace {

constexpr std::uint64_t kNone = BodyMarks::kNone;

// "--", or what may become it with the next piece.
bool may_be_dashes(std::string_view after_line_end) {
  const auto head = after_line_end.substr(0, 2);
  return head == "--" || head == "-" || head.empty();
}

}  // namespace

void BodyScan::begin(std::uint64_t offset) {
  *this = {};
  offset_ = line_begin_ = offset;
}

void BodyScan::begin_piece(std::string_view octets) {
  const bool dash = octets[0] == '-';
  if (tail_ == Tail::cr && octets[0] != '\n') {
    if (marks_.bare_cr == kNone) marks_.bare_cr = offset_ - 1;
    if (dash && octets.size() == 1) return;  // end_piece keeps it in mind
    if (octets.starts_with("--") && marks_.cr_dashes == kNone) {
      marks_.cr_dashes = offset_ - 1;
    }
  } else if (tail_ == Tail::cr_dash && dash && marks_.cr_dashes == kNone) {
    marks_.cr_dashes = offset_ - 2;
  }
}

void BodyScan::end_piece(std::string_view octets, std::size_t count) {
  const auto seen = octets.substr(0, count);
  const bool cr_dash = seen == "-" ? tail_ == Tail::cr : seen.ends_with("\r-");
  tail_ = seen.back() == '\r' ? Tail::cr
          : cr_dash           ? Tail::cr_dash
                              : Tail::other;
  offset_ += count;
}

void BodyScan::end() {
  if (tail_ == Tail::cr && marks_.bare_cr == kNone) {
    marks_.bare_cr = offset_ - 1;
  }
  tail_ = Tail::other;
  end_line(offset_, false);
}

void BodyScan::bare_cr_at(std::uint64_t offset, std::string_view behind) {
  if (marks_.bare_cr == kNone) marks_.bare_cr = offset;
  if (behind.starts_with("--") && marks_.cr_dashes == kNone) {
    marks_.cr_dashes = offset;
  }
}

void BodyScan::end_line(std::uint64_t line_end, bool after_cr) {
  const auto octets = line_end - line_begin_ - (after_cr ? 1 : 0);
  if (octets > kMaxLineOctets && marks_.long_line == kNone) {
    marks_.long_line = line_begin_;
  }
  line_begin_ = line_end + 1;
}

std::size_t BodyScan::scan_scalar(std::string_view octets, bool delimiters) {
  if (octets.empty()) return 0;
  begin_piece(octets);
  std::size_t count = octets.size();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const char c = octets[i];
    if (c == '\n') {
      end_line(offset_ + i, i > 0 ? octets[i - 1] == '\r' : tail_ == Tail::cr);
      if (delimiters && may_be_dashes(octets.substr(i + 1))) {
        count = i + 1;
        break;
      }
    } else if (c == '\r') {
      const auto behind = octets.substr(i + 1);
      if (!behind.empty() && behind[0] != '\n') {
        bare_cr_at(offset_ + i, behind);
      }
    } else if (c == '\0') {
      if (marks_.nul == kNone) marks_.nul = offset_ + i;
    } else if (static_cast<signed char>(c) < 0) {
      if (marks_.high == kNone) marks_.high = offset_ + i;
    }
  }
  end_piece(octets, count);
  return count;
}

#ifdef MAILTOOL_X86

namespace {

#define MAILTOOL_AVX2 __attribute__((target("avx2,bmi,bmi2")))

// One bit an octet, for 64 octets.
struct Block {
  std::uint64_t lf, dashes, high, nul, bare_cr;
};

MAILTOOL_AVX2 inline std::uint64_t join(__m256i low, __m256i high) {
  const auto l = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto h = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return l | std::uint64_t{h} << 32;
}

MAILTOOL_AVX2 inline std::uint64_t equal(__m256i a, __m256i b, char c) {
  const auto wanted = _mm256_set1_epi8(c);
  return join(_mm256_cmpeq_epi8(a, wanted), _mm256_cmpeq_epi8(b, wanted));
}

MAILTOOL_AVX2 inline __m256i load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

// Reads 66 octets.
MAILTOOL_AVX2 inline Block look(const char* at) {
  const auto a = load(at);
  const auto b = load(at + 32);
  const auto a1 = load(at + 1);
  const auto b1 = load(at + 33);
  Block block{};
  block.lf = equal(a, b, '\n');
  block.high = join(a, b);
  block.nul = equal(a, b, '\0');
  block.bare_cr = equal(a, b, '\r');
  if (block.bare_cr != 0) block.bare_cr &= ~equal(a1, b1, '\n');
  block.dashes = block.lf & equal(a1, b1, '-');
  if (block.dashes != 0) {
    block.dashes &= equal(load(at + 2), load(at + 34), '-');
  }
  return block;
}

inline void mark_first(std::uint64_t& mark, std::uint64_t bits,
                       std::uint64_t offset) {
  if (mark == kNone && bits != 0) {
    mark = offset + static_cast<unsigned>(__builtin_ctzll(bits));
  }
}

}  // namespace

MAILTOOL_AVX2 std::size_t BodyScan::scan_avx2(std::string_view octets,
                                              bool delimiters) {
  begin_piece(octets);
  const char* const data = octets.data();
  std::size_t i = 0;
  std::uint64_t line_begin = line_begin_;
  for (; i + 66 <= octets.size(); i += 64) {
    const Block block = look(data + i);
    std::uint64_t kept = ~std::uint64_t{0};
    const bool found = delimiters && block.dashes != 0;
    if (found) kept = block.dashes ^ (block.dashes - 1);  // up to the first
    const auto odd = (block.high | block.nul | block.bare_cr) & kept;
    if (odd != 0) {
      mark_first(marks_.high, block.high & kept, offset_ + i);
      mark_first(marks_.nul, block.nul & kept, offset_ + i);
      if (marks_.cr_dashes == kNone) {
        for (auto bits = block.bare_cr & kept; bits != 0; bits &= bits - 1) {
          const auto at = i + static_cast<unsigned>(__builtin_ctzll(bits));
          bare_cr_at(offset_ + at, octets.substr(at + 1));
        }
      }
    }
    const auto lf = block.lf & kept;
    if (lf != 0) {
      const auto first = i + static_cast<unsigned>(__builtin_ctzll(lf));
      if (offset_ + first - line_begin > kMaxLineOctets) {
        line_begin_ = line_begin;
        end_line(offset_ + first,
                 first > 0 ? data[first - 1] == '\r' : tail_ == Tail::cr);
      }
      line_begin = offset_ + i + 64 - static_cast<unsigned>(__builtin_clzll(lf));
    }
    if (found) {
      line_begin_ = line_begin;
      const auto count = i + 64 - static_cast<unsigned>(__builtin_clzll(kept));
      end_piece(octets, count);
      return count;
    }
  }
  line_begin_ = line_begin;
  if (i > 0) end_piece(octets, i);
  return i + scan_scalar(octets.substr(i), delimiters);
}

#endif

std::size_t BodyScan::scan(std::string_view octets, bool delimiters) {
#ifdef MAILTOOL_X86
  if (vector_level() >= VectorLevel::avx2 && octets.size() >= 128) {
    return scan_avx2(octets, delimiters);
  }
#endif
  return scan_scalar(octets, delimiters);
}

}  // namespace mailtool::mime
