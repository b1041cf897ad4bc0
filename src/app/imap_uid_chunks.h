/// \file
/// UidChunks: a set of UIDs, some at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "mailtool/imap/sequence_set.h"

namespace mailtool::app {

/// Ascending; linear in the ranges for all of them together.
class UidChunks {
 public:
  /// \pre the set is not open-ended
  explicit UidChunks(imap::SequenceSet uids) : uids_(std::move(uids)) {}

  [[nodiscard]] bool empty() const { return range_ == uids_.ranges().size(); }

  /// The next `most` (at least 1), fewer at the end.
  imap::SequenceSet next(std::uint64_t most) {
    std::vector<imap::Range> some;
    while (most > 0 && !empty()) {
      const auto& range = uids_.ranges()[range_];
      const std::uint64_t first = range.first + used_;
      const auto count = std::min(most, range.last - first + 1);
      some.push_back({static_cast<std::uint32_t>(first),
                      static_cast<std::uint32_t>(first + count - 1)});
      most -= count;
      used_ += count;
      if (first + count > range.last) {
        ++range_;
        used_ = 0;
      }
    }
    return imap::SequenceSet(std::move(some));
  }

 private:
  imap::SequenceSet uids_;
  std::size_t range_ = 0;
  std::uint64_t used_ = 0;  // of that range
};

}  // namespace mailtool::app
