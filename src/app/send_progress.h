/// \file
/// SendProgress: how much of the messages has gone, on the terminal.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "app/progress_line.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// "12.3 of 25.0 MB, 1.2 MB/s", once sending takes longer than a second. Any
/// thread may call any function.
class SendProgress {
 public:
  /// Writes to `descriptor`, after `patience`; -1: nothing is shown.
  explicit SendProgress(
      int descriptor,
      std::chrono::milliseconds patience = std::chrono::seconds(1))
      : line_(descriptor, patience) {}

  /// `octets` more are to be sent.
  void expect(std::uint64_t octets) {
    expected_.fetch_add(octets, std::memory_order_relaxed);
  }
  void add(std::uint64_t octets) {
    sent_.fetch_add(octets, std::memory_order_relaxed);
    if (line_.due()) show();
  }
  void clear() { line_.clear(); }

  /// What is read from `source` counts. The SendProgress outlives it.
  [[nodiscard]] std::unique_ptr<Source> watch(std::unique_ptr<Source> source);

 private:
  void show();

  ProgressLine line_;
  std::atomic<std::uint64_t> expected_ = 0;
  std::atomic<std::uint64_t> sent_ = 0;
};

/// The line, without what moves the cursor.
[[nodiscard]] std::string send_progress_line(std::uint64_t sent,
                                             std::uint64_t expected,
                                             std::chrono::milliseconds time);

}  // namespace mailtool::app
