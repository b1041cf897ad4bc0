// The checksums of yEnc, TNEF and BinHex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailtool::mime {

// The register of CRC-32 (polynomial 0x04C11DB7, reflected) after `octets`, as
// compressed RTF uses it: from 0, not inverted.
[[nodiscard]] std::uint32_t crc32_register(std::uint32_t state,
                                           std::string_view octets) noexcept;

// CRC-32 as ISO 3309 has it and yEnc uses it; from 0.
[[nodiscard]] inline std::uint32_t crc32(std::uint32_t crc,
                                         std::string_view octets) noexcept {
  return ~crc32_register(~crc, octets);
}

// CRC-16 of BinHex (polynomial 0x1021) after `times` (at most 255) times
// `octet`; from 0. Time: of log(times).
[[nodiscard]] std::uint16_t crc16_run(std::uint16_t crc, std::uint8_t octet,
                                      std::size_t times) noexcept;

}  // namespace mailtool::mime
