#include "app/lf_sink.h"

namespace mailtool::app {

Result<void> LfSink::write(std::string_view octets) {
  if (octets.empty()) return {};
  if (!held_cr_ && octets.find('\r') == octets.npos) return to_.write(octets);

  lines_.resize(octets.size() + 1);
  char* to = lines_.data();
  if (held_cr_ && octets.front() != '\n') *to++ = '\r';
  held_cr_ = octets.back() == '\r';
  const auto last = octets.size() - (held_cr_ ? 1 : 0);
  for (std::size_t at = 0; at < last; ++at) {
    *to = octets[at];
    to += octets[at] == '\r' && octets[at + 1] == '\n' ? 0 : 1;
  }
  return to_.write(
      {lines_.data(), static_cast<std::size_t>(to - lines_.data())});
}

Result<void> LfSink::finish() {
  if (!held_cr_) return {};
  held_cr_ = false;
  return to_.write("\r");
}

}  // namespace mailtool::app
