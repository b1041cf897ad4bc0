#include "mailtool/base/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mailtool/base/cpu.h"
#ifdef MAILTOOL_X86
#include <immintrin.h>
#endif

namespace mailtool {
namespace {

// The fractional parts of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> kRound{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t big_endian(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 |
         std::uint32_t{at[2]} << 8 | std::uint32_t{at[3]};
}

}  // namespace

void Sha256::block(const std::uint8_t* octets) {
  std::array<std::uint32_t, 64> w;
  for (std::size_t i = 0; i < 16; ++i) w[i] = big_endian(octets + 4 * i);
  for (std::size_t i = 16; i < 64; ++i) {
    const auto x = w[i - 15];
    const auto y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] +
           (std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3)) +
           (std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10));
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto t1 = h +
                    (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                    ((e & f) ^ (~e & g)) + kRound[i] + w[i];
    const auto t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) +
                    ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1;
    d = c, c = b, b = a, a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> add{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state_[i] += add[i];
}

#ifdef MAILTOOL_X86

// Two registers hold the state as the instructions want it: a b e f, c d g h.
__attribute__((target("sha,sse4.1"))) void Sha256::blocks_sha(
    const std::uint8_t* octets, std::size_t count) {
  const auto load = [](const void* at) __attribute__((target("sse2"))) {
    return _mm_loadu_si128(static_cast<const __m128i*>(at));
  };
  const auto big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const auto abcd = _mm_shuffle_epi32(load(state_.data()), 0xb1);
  const auto efgh = _mm_shuffle_epi32(load(state_.data() + 4), 0x1b);
  auto abef = _mm_alignr_epi8(abcd, efgh, 8);
  auto cdgh = _mm_blend_epi16(efgh, abcd, 0xf0);
  for (; count > 0; --count, octets += 64) {
    const auto abef_before = abef;
    const auto cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) {
      w[i] = _mm_shuffle_epi8(load(octets + 16 * i), big_endian);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      auto& oldest = w[i % 4];
      const auto round = _mm_add_epi32(oldest, load(kRound.data() + 4 * i));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, round);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(round, 0x0e));
      if (i >= 12) continue;
      const auto& newest = w[(i + 3) % 4];
      const auto sum =
          _mm_add_epi32(_mm_sha256msg1_epu32(oldest, w[(i + 1) % 4]),
                        _mm_alignr_epi8(newest, w[(i + 2) % 4], 4));
      oldest = _mm_sha256msg2_epu32(sum, newest);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const auto feba = _mm_shuffle_epi32(abef, 0x1b);
  const auto dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  const auto store = [](void* at, __m128i value)
      __attribute__((target("sse2"))) {
    _mm_storeu_si128(static_cast<__m128i*>(at), value);
  };
  store(state_.data(), _mm_blend_epi16(feba, dchg, 0xf0));
  store(state_.data() + 4, _mm_alignr_epi8(dchg, feba, 8));
}

#endif

void Sha256::blocks(const std::uint8_t* octets, std::size_t count) {
#ifdef MAILTOOL_X86
  if (!portable_ && has_sha_instructions()) {
    blocks_sha(octets, count);
    return;
  }
#endif
  for (; count > 0; --count, octets += 64) block(octets);
}

void Sha256::update(std::string_view octets) {
  const auto held = static_cast<std::size_t>(octets_ % 64);
  octets_ += octets.size();
  if (held > 0) {
    const auto take = std::min(octets.size(), 64 - held);
    std::memcpy(partial_.data() + held, octets.data(), take);
    octets.remove_prefix(take);
    if (held + take < 64) return;
    blocks(partial_.data(), 1);
  }
  const auto whole = octets.size() / 64;
  if (whole > 0) {
    blocks(reinterpret_cast<const std::uint8_t*>(octets.data()), whole);
    octets.remove_prefix(64 * whole);
  }
  if (!octets.empty()) {
    std::memcpy(partial_.data(), octets.data(), octets.size());
  }
}

Sha256::Digest Sha256::finish() {
  const std::uint64_t bits = octets_ * 8;
  std::array<char, 72> padding{'\x80'};
  const auto zeros = static_cast<std::size_t>((119 - octets_ % 64) % 64);
  for (std::size_t i = 0; i < 8; ++i) {
    padding[1 + zeros + i] = static_cast<char>(bits >> (56 - 8 * i) & 0xff);
  }
  update({padding.data(), 9 + zeros});
  Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - i % 4 * 8));
  }
  return digest;
}

Sha256::Digest sha256(std::string_view octets) {
  Sha256 hash;
  hash.update(octets);
  return hash.finish();
}

std::string hex(const Sha256::Digest& digest, std::size_t digest_octets) {
  std::string text;
  for (std::size_t i = 0; i < std::min(digest_octets, digest.size()); ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

}  // namespace mailtool
