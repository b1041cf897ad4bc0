// SipHash-2-4 with 128 bits of output: fast on short texts, and of no use to
// those who do not know the secret.

#include <sys/random.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>

#include "mailtool/store/journal_record.h"
#include "store/sip_hash.h"

namespace mailtool::store {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }
  void take(std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
};

std::uint64_t little_endian(std::string_view octets) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(octets[i])} << (8 * i);
  }
  return word;
}

SipSecret draw() {
  SipSecret secret{};
  auto* at = reinterpret_cast<char*>(secret.data());
  // Of so few octets it gives all; should it fail, unique-ids that share a key
  // take somebody who guesses the fixed one.
  while (::getrandom(at, sizeof secret, 0) < 0) {
    if (errno != EINTR) break;
  }
  return secret;
}

}  // namespace

SipHash sip_hash(const SipSecret& secret, std::string_view text) {
  State state{secret[0] ^ 0x736f6d6570736575, secret[1] ^ 0x646f72616e646f6d,
              secret[0] ^ 0x6c7967656e657261, secret[1] ^ 0x7465646279746573};
  state.v1 ^= 0xee;
  auto rest = text;
  for (; rest.size() >= 8; rest.remove_prefix(8)) {
    state.take(little_endian(rest.substr(0, 8)));
  }
  state.take(std::uint64_t{text.size() & 0xff} << 56 | little_endian(rest));
  state.v2 ^= 0xee;
  state.rounds(4);
  const auto first = state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
  state.v1 ^= 0xdd;
  state.rounds(4);
  return {first, state.v0 ^ state.v1 ^ state.v2 ^ state.v3};
}

JournalKey journal_key(std::string_view uid) {
  static const SipSecret secret = draw();
  const auto hash = sip_hash(secret, uid);
  return {{static_cast<std::uint32_t>(hash[0] >> 32),
           static_cast<std::uint32_t>(hash[0]),
           static_cast<std::uint32_t>(hash[1])}};
}

}  // namespace mailtool::store
