#include "app/lf_sink.h"

#include <cstring>

namespace mailtool::app {

// A line a time: finding CR and copying are the C library's, which takes many
// octets at once.
Result<void> LfSink::write(std::string_view octets) {
  if (octets.empty()) return {};
  if (!held_cr_ && octets.find('\r') == octets.npos) return to_.write(octets);

  if (lines_.size() < octets.size() + 1) lines_.resize(octets.size() + 1);
  char* to = lines_.data();
  if (held_cr_ && octets.front() != '\n') *to++ = '\r';
  held_cr_ = octets.back() == '\r';
  const char* from = octets.data();
  const char* const end = from + octets.size() - (held_cr_ ? 1 : 0);
  while (from != end) {
    const auto left = static_cast<std::size_t>(end - from);
    const auto* cr = static_cast<const char*>(std::memchr(from, '\r', left));
    // The octet after a CR is there, or held_cr_ has kept the CR out.
    const char* stop = cr == nullptr ? end : cr[1] == '\n' ? cr : cr + 1;
    const auto count = static_cast<std::size_t>(stop - from);
    std::memcpy(to, from, count);
    to += count;
    from = cr == stop ? stop + 1 : stop;
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
