// Compressed RTF (LZFu) of TNEF: [MS-OXRTFCP].
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::mime {

// Decompresses as octets arrive, in 4 KB of memory. 17 octets come out of two
// at most. Wrong sizes, a wrong CRC and no end are malformed.
class LzfuDecoder {
 public:
  LzfuDecoder();
  // Appends to `out` what `octets` add.
  void take(std::string_view octets, std::string& out);
  // Call behind the last octet.
  [[nodiscard]] bool malformed() const noexcept;

 private:
  enum class State : std::uint8_t {
    header,
    control,
    item,
    second,
    plain,
    done,
    refused
  };

  void read_header();
  void take_item(std::uint8_t octet, std::string& out);
  void put(char c, std::string& out);
  void copy(std::size_t from, std::size_t count, std::string& out);
  void next_item();

  static constexpr std::size_t kDictionary = 4096;

  State state_ = State::header;
  std::string header_;  // at most 16 octets
  std::array<char, kDictionary> dictionary_;
  std::size_t end_;  // of what was written to the dictionary, modulo its size
  std::uint8_t control_ = 0;
  int items_ = 0;  // left of control_
  std::uint8_t first_ = 0;
  std::uint32_t told_size_ = 0, told_raw_size_ = 0, told_crc_ = 0;
  std::uint64_t size_ = 0, raw_size_ = 0;
  std::uint32_t crc_ = 0;
  bool compressed_ = true;
};

}  // namespace mailtool::mime
