/// \file
/// ProgressLine: one line on the terminal that is written again and again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace mailtool::app {

/// Any thread may call any function.
class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{100};

  /// Writes to `descriptor`; -1: nothing is shown. The first line comes after
  /// `patience`.
  explicit ProgressLine(int descriptor,
                        std::chrono::milliseconds patience = kInterval)
      : descriptor_(descriptor), begin_(Clock::now()), due_(patience.count()) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  [[nodiscard]] bool shown_at_all() const { return descriptor_ >= 0; }
  /// Since it was made.
  [[nodiscard]] std::chrono::milliseconds elapsed() const;
  /// True for one thread ten times a second, which then calls show().
  [[nodiscard]] bool due();
  /// `text` holds nothing that moves the cursor.
  void show(std::string_view text);
  /// Takes the line away: for an error, or the end.
  void clear();

 private:
  int descriptor_;
  Clock::time_point begin_;
  std::atomic<std::int64_t> due_;  // milliseconds after begin_
  std::mutex mutex_;
  bool shown_ = false;
};

}  // namespace mailtool::app
