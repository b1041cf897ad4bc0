/// \file
/// OrderedOutput: what several threads write, in the order of the input.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// What one unit of work gave.
struct UnitResult {
  std::string octets;
  std::vector<Error> errors;
  std::uint64_t messages = 0;
};

/// Units are numbered from 0 and handed over in any order. Memory: what
/// kMaxAhead units give, each kept up to UnitOutput::kMaxKept octets.
class OrderedOutput {
 public:
  /// `separator` goes between two units with messages. `report` is told of the
  /// errors, by one thread at a time. `out` outlives it.
  OrderedOutput(Sink& out, std::string separator,
                std::function<void(const Error&)> report)
      : out_(out),
        separator_(std::move(separator)),
        report_(std::move(report)) {}

  /// Waits until fewer than `ahead` units before `unit` are open. False: it was
  /// stopped.
  bool wait_for_room(std::uint64_t unit, std::uint64_t ahead);
  /// Waits until all units before `unit` are written; then the caller alone may
  /// write_now(), until finish(). False: it was stopped.
  bool wait_for_turn(std::uint64_t unit);
  Result<void> write_now(UnitResult& result);
  /// The rest of `unit`: written at once if it is its turn, else kept.
  void finish(std::uint64_t unit, UnitResult result);

  /// Every wait ends. The first error counts.
  void stop(std::optional<Error> error);
  [[nodiscard]] bool stopped() const;
  /// Why it was stopped.
  [[nodiscard]] std::optional<Error> error() const;
  /// An empty string that has room, if there is one.
  [[nodiscard]] std::string spare();

 private:
  Sink& out_;
  std::string separator_;
  std::function<void(const Error&)> report_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;  // unit to be written
  bool writing_ = false;
  bool stopped_ = false;
  std::optional<Error> error_;
  std::map<std::uint64_t, UnitResult> done_;
  std::vector<std::string> spare_;

  // Of the thread that is writing.
  bool any_messages_ = false;
  bool unit_has_messages_ = false;
};

/// One for each thread: a Sink for the unit it works on.
class UnitOutput : public Sink {
 public:
  static constexpr std::size_t kMaxKept = 4 * 1024 * 1024;

  explicit UnitOutput(OrderedOutput& order) : order_(order) {}

  void begin(std::uint64_t unit);
  void begin_message() { ++result_.messages; }
  void failed(Error error);
  /// Keeps octets up to kMaxKept, then waits for its turn and writes through.
  /// Fails as the Sink of the OrderedOutput, or with interrupted when that was
  /// stopped.
  Result<void> write(std::string_view octets) override;
  void end();

 private:
  Result<void> write_through();

  OrderedOutput& order_;
  std::uint64_t unit_ = 0;
  UnitResult result_;
  bool through_ = false;
};

}  // namespace mailtool::app
