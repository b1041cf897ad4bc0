#include "app/parse_progress.h"

#include <algorithm>

#include "app/parse_tree.h"

namespace mailtool::app {
namespace {

std::string with_commas(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace

std::string progress_line(std::uint64_t messages, std::uint64_t octets,
                          std::chrono::milliseconds time) {
  const auto elapsed =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(time.count()));
  return with_commas(messages) +
         (messages == 1 ? " message, " : " messages, ") + size_text(octets) +
         ", " + size_text(octets / elapsed * 1000) + "/s";
}

void ParseProgress::show() {
  line_.show(progress_line(messages_, octets_, line_.elapsed()));
}

}  // namespace mailtool::app
