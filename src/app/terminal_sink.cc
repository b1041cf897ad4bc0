#include "app/terminal_sink.h"

#include <utility>

#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

// Octets at the end that may be the start of a character still to come.
std::size_t cut_off_tail(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto octet = static_cast<unsigned char>(text[text.size() - back]);
    if ((octet & 0xc0) == 0x80) continue;
    const std::size_t length = octet >= 0xf0   ? 4
                               : octet >= 0xe0 ? 3
                               : octet >= 0xc0 ? 2
                                               : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

Result<void> TerminalSink::pass(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (end != text.npos && line.ends_with('\r')) line.remove_suffix(1);
    shown += printable(line, line.size());
    if (end == text.npos) break;
    shown += '\n';
    text.remove_prefix(end + 1);
  }
  return out_.write(shown);
}

Result<void> TerminalSink::write(std::string_view octets) {
  auto text = std::exchange(held_, {}) + std::string(octets);
  auto tail = cut_off_tail(text);
  if (tail == 0 && text.ends_with('\r')) tail = 1;
  held_ = text.substr(text.size() - tail);
  text.resize(text.size() - tail);
  return pass(text);
}

Result<void> TerminalSink::finish() { return pass(std::exchange(held_, {})); }

}  // namespace mailtool::app
