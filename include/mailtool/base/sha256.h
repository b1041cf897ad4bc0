/// \file
/// SHA-256 (FIPS 180-4): to recognise octets, not to keep secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool {

/// Streams octets into one digest, by the machine's own instructions where it
/// has them.
class Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  void update(std::string_view octets);
  /// The digest of all that was given. The object is spent: assign a new one.
  [[nodiscard]] Digest finish();
  /// Leaves those instructions alone. The digest is the same.
  void use_portable_code() { portable_ = true; }

 private:
  void blocks(const std::uint8_t* octets, std::size_t count);
  void block(const std::uint8_t* octets);
  void blocks_sha(const std::uint8_t* octets, std::size_t count);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                      0xa54ff53a, 0x510e527f, 0x9b05688c,
                                      0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> partial_{};
  std::uint64_t octets_ = 0;
  bool portable_ = false;
};

[[nodiscard]] Sha256::Digest sha256(std::string_view octets);

/// The first `digest_octets` octets in lower-case hexadecimal.
[[nodiscard]] std::string hex(const Sha256::Digest& digest,
                              std::size_t digest_octets = 32);

}  // namespace mailtool
