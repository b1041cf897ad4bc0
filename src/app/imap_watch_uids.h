/// \file
/// KnownUids: which UID each message number of a folder has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mailtool/imap/sequence_set.h"

namespace mailtool::app {

/// The UIDs of the first size() messages of a folder, in their order: EXPUNGE
/// and FETCH name a message by its number. Four octets a message; a change
/// costs far less than a walk through all.
class KnownUids {
 public:
  /// More messages than these are not remembered.
  static constexpr std::size_t kMost = 4'000'000;

  /// All messages of the folder. False, and nothing is known, where they are
  /// more than kMost: nothing is allocated by what a server claims.
  bool assign(const imap::SequenceSet& uids);
  /// The messages behind those known; what is not above them is left out.
  /// False as assign().
  bool append(const imap::SequenceSet& uids);

  /// Of message `sequence`, 1 and up; nullopt where it is not known.
  [[nodiscard]] std::optional<std::uint32_t> at(std::uint64_t sequence) const;
  /// at(), and forgets it: those behind move up.
  std::optional<std::uint32_t> take(std::uint64_t sequence);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] imap::SequenceSet all() const;
  void clear();

 private:
  struct Place {
    std::size_t chunk;
    std::size_t index;
  };
  [[nodiscard]] std::optional<Place> find(std::uint64_t sequence) const;
  void push(std::uint32_t uid);

  // None is empty; each ascends, and they ascend.
  std::vector<std::vector<std::uint32_t>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace mailtool::app
