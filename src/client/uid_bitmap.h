/// \file
/// UidBitmap: which UIDs were seen, in whatever order they come.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mailtool/imap/sequence_set.h"

namespace mailtool::client {

/// Pages of 65,536 numbers: the few as a list, the many as a bitmap. A million
/// costs at most 2 octets each, wherever they are; nothing is quadratic.
class UidBitmap {
 public:
  /// False when it was there.
  bool insert(std::uint32_t uid);
  [[nodiscard]] bool contains(std::uint32_t uid) const;
  [[nodiscard]] bool empty() const { return pages_.empty(); }
  [[nodiscard]] imap::SequenceSet to_set() const;

 private:
  struct Page {
    std::vector<std::uint16_t> few;   // ascending
    std::vector<std::uint64_t> bits;  // instead of `few`, once there
  };
  std::map<std::uint16_t, Page> pages_;
};

}  // namespace mailtool::client
