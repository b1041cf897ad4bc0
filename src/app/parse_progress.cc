#include "app/parse_progress.h"

#include <unistd.h>
#include <algorithm>

#include "app/parse_tree.h"

namespace mailtool::app {
namespace {

constexpr std::int64_t kInterval = 100;  // milliseconds
constexpr std::string_view kEraseLine = "\r\x1b[K";

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

void ParseProgress::show_if_due() {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(
      Clock::now() - begin_);
  auto due = due_.load(std::memory_order_relaxed);
  if (time.count() < std::max(due, kInterval)) return;
  // One thread shows it; who lost the race need not.
  if (!due_.compare_exchange_strong(due, time.count() + kInterval)) return;
  const std::lock_guard lock(mutex_);
  const auto line =
      std::string(kEraseLine) + progress_line(messages_, octets_, time);
  shown_ = ::write(descriptor_, line.data(), line.size()) > 0;
}

void ParseProgress::clear() {
  const std::lock_guard lock(mutex_);
  if (!shown_) return;
  shown_ = false;
  (void)!::write(descriptor_, kEraseLine.data(), kEraseLine.size());
}

}  // namespace mailtool::app
