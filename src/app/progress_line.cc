#include "app/progress_line.h"

#include <unistd.h>
#include <string>

namespace mailtool::app {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

}  // namespace

std::chrono::milliseconds ProgressLine::elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() -
                                                               begin_);
}

bool ProgressLine::due() {
  if (descriptor_ < 0) return false;
  const auto time = elapsed().count();
  auto due = due_.load(std::memory_order_relaxed);
  if (time < due) return false;
  // One thread shows it; who lost the race need not.
  return due_.compare_exchange_strong(due, time + kInterval.count());
}

void ProgressLine::show(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto line = std::string(kEraseLine).append(text);
  shown_ = ::write(descriptor_, line.data(), line.size()) > 0;
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (!shown_) return;
  shown_ = false;
  (void)!::write(descriptor_, kEraseLine.data(), kEraseLine.size());
}

}  // namespace mailtool::app
