#include "app/lf_sink.h"

#include <string>

namespace mailtool::app {

Result<void> LfSink::write(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() + 1);
  for (const char c : octets) {
    if (held_cr_ && c != '\n') out += '\r';
    held_cr_ = c == '\r';
    if (!held_cr_) out += c;
  }
  return to_.write(out);
}

Result<void> LfSink::finish() {
  if (!held_cr_) return {};
  held_cr_ = false;
  return to_.write("\r");
}

}  // namespace mailtool::app
