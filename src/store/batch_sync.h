/// \file
/// BatchSync: makes many new files durable together, the faster way.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mailtool::store {

/// How the files of a batch are made durable.
enum class SyncWay : std::uint8_t {
  each_file,   ///< fsync of each, several at a time
  file_system  ///< one syncfs, whatever is in the batch
};

/// Chooses between the two by what they took here: both are tried on the first
/// batches, and the slower one again now and then. syncfs is used only where
/// it is known to report what went wrong: Linux 5.8 and later, on file systems
/// that are local. One object a folder.
class BatchSync {
 public:
  /// Batches of fewer files are synced one by one, and measure nothing.
  static constexpr std::size_t kWorthMeasuring = 16;

  /// `directory` is a descriptor opened before any of the files was written
  /// (an error is told to those that were there), and outlives this.
  explicit BatchSync(int directory);

  /// How the next batch will be synced, unless it is too small. Where this is
  /// each_file all its files must stay open.
  [[nodiscard]] SyncWay next_way() const { return next_; }

  /// Makes files durable; -1 stands for one that was closed, which makes the
  /// way file_system. Returns the errno of each, 0 for those that are durable.
  /// Never again for the same files after a failure. May be called in another
  /// thread, one call at a time, but not beside next_way().
  std::vector<int> sync(std::span<const int> descriptors);

 private:
  void measured(SyncWay way, double seconds_each);
  void choose();

  static constexpr double kUnknown = -1;

  int directory_;
  bool syncfs_reports_;
  SyncWay next_ = SyncWay::each_file;
  std::array<double, 2> seconds_each_{kUnknown, kUnknown};  // by way
  unsigned batches_ = 0;
};

}  // namespace mailtool::store
