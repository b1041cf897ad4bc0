/// \file
/// ContentHash: whether octets that were written are those that are there.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace mailtool::store {

/// 64 bits over octets that come in any split; several octets a cycle. Against
/// accidents, not against somebody who looks for a collision.
class ContentHash {
 public:
  void update(std::string_view octets) {
    octets_ += octets.size();
    while (held_ > 0 && !octets.empty()) {
      hold(octets.front());
      octets.remove_prefix(1);
    }
    while (octets.size() >= sizeof word_) {
      std::uint64_t word;
      std::memcpy(&word, octets.data(), sizeof word);
      mix(word);
      octets.remove_prefix(sizeof word);
    }
    for (const char c : octets) hold(c);
  }
  [[nodiscard]] std::uint64_t finish() {
    mix(word_);
    mix(octets_);
    return state_;
  }

 private:
  void hold(char c) {
    word_ |= std::uint64_t{static_cast<unsigned char>(c)} << 8 * held_;
    if (++held_ < sizeof word_) return;
    mix(word_);
    word_ = held_ = 0;
  }
  void mix(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15u;
    state_ ^= state_ >> 29;
  }

  std::uint64_t state_ = 0x243f6a8885a308d3u;
  std::uint64_t word_ = 0;  // octets that do not fill a word yet
  std::uint64_t held_ = 0;  // how many
  std::uint64_t octets_ = 0;
};

}  // namespace mailtool::store
