/// \file
/// ParseProgress: how far `parse` has come, on the terminal.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "app/progress_line.h"

namespace mailtool::app {

/// "1,234 messages, 56.7 MB, 890 MB/s". Any thread may call any function.
class ParseProgress {
 public:
  /// Writes to `descriptor`; -1: nothing is shown.
  explicit ParseProgress(int descriptor) : line_(descriptor) {}

  void add(std::uint64_t messages, std::uint64_t octets) {
    if (!line_.shown_at_all()) return;
    messages_.fetch_add(messages, std::memory_order_relaxed);
    octets_.fetch_add(octets, std::memory_order_relaxed);
    if (line_.due()) show();
  }
  /// Takes the line away: for an error, or the end.
  void clear() { line_.clear(); }

 private:
  void show();

  ProgressLine line_;
  std::atomic<std::uint64_t> messages_ = 0;
  std::atomic<std::uint64_t> octets_ = 0;
};

/// The line, without what moves the cursor.
[[nodiscard]] std::string progress_line(std::uint64_t messages,
                                        std::uint64_t octets,
                                        std::chrono::milliseconds time);

}  // namespace mailtool::app
