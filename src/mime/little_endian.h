// Numbers as TNEF has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailtool::mime {

// \pre octets.size() >= offset + the octets of the number
constexpr std::uint64_t read_little_endian(std::string_view octets,
                                           std::size_t offset,
                                           std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(octets[offset + i]);
  }
  return value;
}
constexpr std::uint16_t read_u16(std::string_view octets,
                                 std::size_t offset = 0) {
  return static_cast<std::uint16_t>(read_little_endian(octets, offset, 2));
}
constexpr std::uint32_t read_u32(std::string_view octets,
                                 std::size_t offset = 0) {
  return static_cast<std::uint32_t>(read_little_endian(octets, offset, 4));
}
constexpr std::uint64_t read_u64(std::string_view octets,
                                 std::size_t offset = 0) {
  return read_little_endian(octets, offset, 8);
}

}  // namespace mailtool::mime
