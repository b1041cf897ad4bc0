/// \file
/// The first line of a browser, which any web page can send to any port: what
/// comes behind it would be obeyed in the page's name.
#pragma once

#include <string_view>

namespace mailtool::serve {

/// It is the request line of HTTP (RFC 9112 section 3).
[[nodiscard]] inline bool is_http(std::string_view line) {
  const auto blank = line.rfind(' ');
  return blank != std::string_view::npos &&
         line.substr(blank + 1).starts_with("HTTP/");
}

}  // namespace mailtool::serve
