#include "app/terminal_sink.h"

#include <utility>

#include "app/plain_scan.h"
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

// How much of `text`, which begins with what is not printable ASCII, to look at
// before the next scan: up to ASCII again.
std::size_t special_run(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '\n' && text[end] != '\r' &&
         (static_cast<unsigned char>(text[end]) >= 0x7f || text[end] < 0x20)) {
    ++end;
  }
  return end;
}

}  // namespace

void append_printable(std::string& to, std::string_view text) {
  while (!text.empty()) {
    const auto plain = printable_ascii_prefix(text);
    to += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const auto special = text.substr(0, special_run(text));
    to += printable(special, special.size());
    text.remove_prefix(special.size());
  }
}

void TerminalSink::take(std::string_view text) {
  while (!text.empty()) {
    const auto plain = printable_ascii_prefix(text);
    shown_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    if (text[0] == '\n') {
      shown_ += '\n';
      text.remove_prefix(1);
      continue;
    }
    const auto special = text.substr(0, special_run(text));
    shown_ += printable(special, special.size());
    text.remove_prefix(special.size());
  }
}

Result<void> TerminalSink::hand_on() {
  if (shown_.empty()) return {};
  auto written = out_.write(shown_);
  shown_.clear();
  return written;
}

Result<void> TerminalSink::write(std::string_view octets) {
  std::string joined;
  if (!held_.empty()) {
    joined = std::move(held_);
    octets = joined.append(octets);
  }
  auto tail = cut_off_tail(octets);
  if (tail == 0 && octets.ends_with('\r')) tail = 1;
  held_.assign(octets.substr(octets.size() - tail));
  octets.remove_suffix(tail);
  take(octets);
  return hand_on();
}

Result<void> TerminalSink::finish() {
  take(held_);
  held_.clear();
  return hand_on();
}

}  // namespace mailtool::app
