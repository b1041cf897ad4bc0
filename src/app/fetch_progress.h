/// \file
/// FetchProgress: how much of the mail has come, on the terminal.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "app/progress_line.h"

namespace mailtool::app {

/// What is to come and what has come, of all accounts of a run.
struct FetchProgressState {
  std::uint64_t messages = 0;           ///< that have come whole
  std::uint64_t expected_messages = 0;  ///< with those that came
  std::uint64_t octets = 0;
  std::uint64_t expected_octets = 0;  ///< as LIST says: may be wrong
  std::chrono::milliseconds time{0};  ///< since the first octet
  std::string_view thing = "message";  ///< or whatever else comes
};

/// "[#####---------------]  25%  3 of 12 messages, 1.0 of 4.2 MB, 512 KB/s,
/// 6 s left", in at most `columns` columns: without the bar where it is
/// narrow, or one message of a size that is not known comes. Nothing in it moves
/// the cursor.
[[nodiscard]] std::string fetch_progress_line(const FetchProgressState& state,
                                              std::size_t columns);

/// One line for all accounts, once fetching takes longer than `patience`. Any
/// thread may call any function.
class FetchProgress {
 public:
  /// Writes to `descriptor`; -1: nothing is shown. `thing` is a literal.
  FetchProgress(int descriptor, std::size_t columns,
                std::chrono::milliseconds patience = std::chrono::seconds(1),
                std::string_view thing = "message")
      : line_(descriptor, patience), columns_(columns), thing_(thing) {}

  /// More, or fewer, are to come than was said before.
  void expect(std::int64_t messages, std::int64_t octets);
  /// Octets of a message, as they come off the line.
  void received(std::uint64_t octets);
  void message_came() { messages_.fetch_add(1, std::memory_order_relaxed); }

  /// Calls `print` while the line is away: for another line on stderr.
  template <class Print>
  void aside(Print print) {
    const std::lock_guard lock(mutex_);
    line_.clear();
    print();
  }

 private:
  void show();

  ProgressLine line_;
  std::size_t columns_;
  std::string_view thing_;
  std::mutex mutex_;  // who writes to stderr
  std::atomic<std::uint64_t> messages_ = 0;
  std::atomic<std::uint64_t> expected_messages_ = 0;
  std::atomic<std::uint64_t> octets_ = 0;
  std::atomic<std::uint64_t> expected_octets_ = 0;
  std::atomic<std::int64_t> begin_ = -1;  // of the line's time, in ms
};

}  // namespace mailtool::app
