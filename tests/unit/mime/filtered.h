// What a Filter makes of a text that is cut into pieces.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime::test {

inline constexpr std::size_t kPlenty = 256 * 1024 * 1024;

// Writes `text` in pieces of `chunk` octets, then finishes.
inline void pour(Filter& filter, std::string_view text, std::size_t chunk) {
  for (std::size_t i = 0; i < text.size(); i += chunk) {
    ASSERT_TRUE(filter.write(text.substr(i, chunk)));
  }
  ASSERT_TRUE(filter.finish());
}

template <class F, class... Arguments>
std::string filtered(std::string_view text, std::size_t chunk,
                     Arguments&&... arguments) {
  StringSink out(kPlenty);
  F filter(std::forward<Arguments>(arguments)..., out);
  pour(filter, text, chunk);
  return out.take();
}

// Octets without a pattern, the same at each run.
inline std::string noise(std::size_t size, unsigned seed = 1) {
  std::string text;
  std::uint32_t state = seed * 2654435761u + 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525u + 1013904223u;
    text += static_cast<char>(state >> 24);
  }
  return text;
}

}  // namespace mailtool::mime::test
