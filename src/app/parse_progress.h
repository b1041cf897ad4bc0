/// \file
/// ParseProgress: how far `parse` has come, on the terminal.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace mailtool::app {

/// "1,234 messages, 56.7 MB, 890 MB/s", in one line that is written again at
/// most ten times a second. Any thread may call any function.
class ParseProgress {
 public:
  using Clock = std::chrono::steady_clock;

  /// Writes to `descriptor`; -1: nothing is shown.
  explicit ParseProgress(int descriptor)
      : descriptor_(descriptor), begin_(Clock::now()) {}
  ~ParseProgress() { clear(); }
  ParseProgress(const ParseProgress&) = delete;
  ParseProgress& operator=(const ParseProgress&) = delete;

  void add(std::uint64_t messages, std::uint64_t octets) {
    if (descriptor_ < 0) return;
    messages_.fetch_add(messages, std::memory_order_relaxed);
    octets_.fetch_add(octets, std::memory_order_relaxed);
    show_if_due();
  }
  /// Takes the line away: for an error, or the end.
  void clear();

 private:
  void show_if_due();

  int descriptor_;
  Clock::time_point begin_;
  std::atomic<std::uint64_t> messages_ = 0;
  std::atomic<std::uint64_t> octets_ = 0;
  std::atomic<std::int64_t> due_ = 0;  // milliseconds after begin_
  std::mutex mutex_;
  bool shown_ = false;
};

/// The line, without what moves the cursor.
[[nodiscard]] std::string progress_line(std::uint64_t messages,
                                        std::uint64_t octets,
                                        std::chrono::milliseconds time);

}  // namespace mailtool::app
