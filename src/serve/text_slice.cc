#include "serve/text_slice.h"

namespace mailtool::serve {

std::string_view TextSlice::feed(std::string_view octets) {
  std::size_t at = 0;
  while (at < octets.size() && !done()) {
    const char c = octets[at++];
    if (c == '\n') {
      if (in_body_) {
        --left_;
      } else if (line_start_) {
        in_body_ = true;
      }
      line_start_ = true;
    } else if (c != '\r') {
      line_start_ = false;
    }
  }
  return octets.substr(0, at);
}

}  // namespace mailtool::serve
