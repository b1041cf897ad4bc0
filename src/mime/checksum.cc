#include "checksum.h"

#include <array>

#include "little_endian.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kSlices = 8;
using Crc32Table = std::array<std::uint32_t, 256>;

// kCrc32[n][x]: the register after x and n octets of zero.
constexpr auto kCrc32 = [] {
  std::array<Crc32Table, kSlices> tables{};
  for (std::uint32_t x = 0; x < 256; ++x) {
    std::uint32_t crc = x;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    tables[0][x] = crc;
  }
  for (std::size_t n = 1; n < kSlices; ++n) {
    for (std::size_t x = 0; x < 256; ++x) {
      const auto crc = tables[n - 1][x];
      tables[n][x] = crc >> 8 ^ tables[0][crc & 0xff];
    }
  }
  return tables;
}();

// What a run of 2^n equal octets does to the register: it maps it linearly
// (its octets apart), then adds what the octet gives to a register of zero.
struct Run {
  std::array<std::uint16_t, 256> high{}, low{}, octet{};
  constexpr std::uint16_t shifted(std::uint16_t crc) const {
    return static_cast<std::uint16_t>(high[crc >> 8] ^ low[crc & 0xff]);
  }
};

constexpr Run run_of_one() {
  Run run;
  for (std::uint32_t x = 0; x < 256; ++x) {
    std::uint32_t crc = x << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021u : crc << 1;
    }
    run.high[x] = run.octet[x] = static_cast<std::uint16_t>(crc);
    run.low[x] = static_cast<std::uint16_t>(x << 8);
  }
  return run;
}

constexpr Run twice(const Run& run) {
  Run both;
  for (std::size_t x = 0; x < 256; ++x) {
    both.high[x] = run.shifted(run.high[x]);
    both.low[x] = run.shifted(run.low[x]);
    both.octet[x] =
        static_cast<std::uint16_t>(run.shifted(run.octet[x]) ^ run.octet[x]);
  }
  return both;
}

constexpr auto kRuns = [] {
  std::array<Run, 8> runs{};
  runs[0] = run_of_one();
  for (std::size_t n = 1; n < runs.size(); ++n) runs[n] = twice(runs[n - 1]);
  return runs;
}();

}  // namespace

std::uint32_t crc32_register(std::uint32_t state,
                             std::string_view octets) noexcept {
  while (octets.size() >= kSlices) {
    const auto a = state ^ read_u32(octets);
    const auto b = read_u32(octets, 4);
    state = kCrc32[7][a & 0xff] ^ kCrc32[6][a >> 8 & 0xff] ^
            kCrc32[5][a >> 16 & 0xff] ^ kCrc32[4][a >> 24] ^
            kCrc32[3][b & 0xff] ^ kCrc32[2][b >> 8 & 0xff] ^
            kCrc32[1][b >> 16 & 0xff] ^ kCrc32[0][b >> 24];
    octets.remove_prefix(kSlices);
  }
  for (const char c : octets) {
    state =
        state >> 8 ^ kCrc32[0][(state ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return state;
}

std::uint16_t crc16_run(std::uint16_t crc, std::uint8_t octet,
                        std::size_t times) noexcept {
  for (const auto& run : kRuns) {
    if (times == 0) break;
    if ((times & 1) != 0) {
      crc = static_cast<std::uint16_t>(run.shifted(crc) ^ run.octet[octet]);
    }
    times >>= 1;
  }
  return crc;
}

}  // namespace mailtool::mime
