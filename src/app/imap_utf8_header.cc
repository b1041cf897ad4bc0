#include "app/imap_utf8_header.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {

void Utf8Header::write(std::string_view octets) {
  while (!over_ && !octets.empty()) {
    const auto end = octets.find('\n');
    const auto line = octets.substr(0, end);
    blank_ = blank_ && (line.empty() || line == "\r");
    text(line);
    if (end == octets.npos) return;
    // A code point does not go on behind a line end.
    valid_ = valid_ && held_.empty();
    over_ = blank_;
    blank_ = true;
    octets.remove_prefix(end + 1);
  }
}

void Utf8Header::text(std::string_view octets) {
  if (held_.empty() && is_ascii(octets)) return;
  eight_bit_ = true;
  if (!valid_) return;
  held_ += octets;
  held_.erase(0, valid_utf8_prefix(held_));
  constexpr std::size_t kLongest = 3;  // that may be whole with more octets
  if (held_.size() <= kLongest) return;
  valid_ = false;
  held_.clear();
}

}  // namespace mailtool::app
