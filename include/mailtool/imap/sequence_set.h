/// \file
/// SequenceSet: message numbers or UIDs as ranges (RFC 9051 sequence-set).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::imap {

/// "*": the largest number in use. It is also how 4294967295 reads, which no
/// server has reached.
inline constexpr std::uint32_t kStar = UINT32_MAX;

/// first <= last; both at least 1. last == kStar reaches to the newest message.
struct Range {
  std::uint32_t first;
  std::uint32_t last;
  friend bool operator==(const Range&, const Range&) = default;
};

/// A set of numbers, kept as ranges: ascending, disjoint, not even adjacent.
/// Never expanded, so that "1:4294967295" costs eight octets.
class SequenceSet {
 public:
  SequenceSet() = default;
  /// Sorts and merges; a range written backwards is turned round.
  /// \pre no number is 0
  explicit SequenceSet(std::vector<Range> ranges);

  /// Cheap when numbers come in ascending order; else linear in the ranges.
  void add(std::uint32_t number);

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  [[nodiscard]] bool contains(std::uint32_t number) const;
  /// True when the set reaches to "*".
  [[nodiscard]] bool open_ended() const {
    return !ranges_.empty() && ranges_.back().last == kStar;
  }
  /// How many numbers; of an open-ended set an upper bound.
  [[nodiscard]] std::uint64_t count() const;
  /// The first `count` numbers, and the last `count` numbers, of the set.
  [[nodiscard]] SequenceSet first(std::uint64_t count) const;
  [[nodiscard]] SequenceSet last(std::uint64_t count) const;
  /// What is in both.
  [[nodiscard]] SequenceSet intersect(const SequenceSet& other) const;
  /// What is in this set and not in `other`.
  [[nodiscard]] SequenceSet minus(const SequenceSet& other) const;

  friend bool operator==(const SequenceSet&, const SequenceSet&) = default;

 private:
  std::vector<Range> ranges_;
};

/// Most ranges a text may name: what an answer with a million scattered hits
/// needs, and room to spare.
inline constexpr std::size_t kMaxRanges = 4'000'000;

/// "2,4:7,9:*". nullopt on anything else: empty, 0, blanks, above 2^32-1.
[[nodiscard]] std::optional<SequenceSet> parse_sequence_set(
    std::string_view text);

/// The inverse; empty for the empty set, which has no form on the wire.
[[nodiscard]] std::string to_wire(const SequenceSet& set);

/// The set in texts of at most `max_octets` each (at least 32), for servers
/// that bound the length of a command line (RFC 7162 section 4).
[[nodiscard]] std::vector<std::string> split_to_wire(const SequenceSet& set,
                                                     std::size_t max_octets);

}  // namespace mailtool::imap
