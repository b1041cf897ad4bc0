// What every fuzz target of this layer needs.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

inline void require(bool truth) {
  if (!truth) std::abort();
}

// Octets out of a fuzzer, none of which allocates.
inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void pour(Filter& filter, std::string_view text, std::size_t chunk) {
  for (std::size_t i = 0; i < text.size(); i += chunk) {
    require(filter.write(text.substr(i, chunk)).has_value());
  }
  require(filter.finish().has_value());
}

// What an F, made of `arguments` and a Sink, makes of `text`.
template <class F, class... Arguments>
std::string filtered(std::string_view text, std::size_t chunk,
                     const Arguments&... arguments) {
  StringSink out(64 * 1024 * 1024);
  F filter(arguments..., out);
  pour(filter, text, chunk);
  return out.take();
}

}  // namespace mailtool::mime
