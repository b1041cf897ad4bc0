// What every fuzz target of this layer needs.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace mailtool::signing {

inline void require(bool truth) {
  if (!truth) std::abort();
}

// Octets out of a fuzzer, none of which allocates.
inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace mailtool::signing
