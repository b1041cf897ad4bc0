/// \file
/// BoundaryIndex: the boundaries of the multiparts that are open, so that a
/// line is matched without looking at each.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mailtool::mime {

/// Boundaries are slices of one text, which each call is given and which may
/// have grown since the last. Levels are added in ascending order and removed
/// in descending order. With n boundaries a look-up compares log2 n of them.
class BoundaryIndex {
 public:
  struct Slice {
    std::uint32_t begin = 0;
    std::uint32_t length = 0;  ///< not 0
  };

  void clear() { entries_.clear(); }
  void add(std::string_view text, Slice boundary, std::uint32_t level);
  /// Removes the highest level, which has this boundary.
  void remove(std::string_view text, Slice boundary);

  /// Some boundary begins the line, or is it.
  [[nodiscard]] bool any_begins(std::string_view text,
                                std::string_view line) const;
  /// The highest level below `below` whose boundary is the line.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text,
                                                  std::string_view line,
                                                  std::uint32_t below) const;

 private:
  // In the order of boundaries, equal ones from the highest level down.
  struct Entry {
    Slice boundary;
    std::uint32_t level;
    std::uint32_t shortest;  // length of the shortest that begins this one
  };
  using Entries = std::vector<Entry>;

  [[nodiscard]] Entries::const_iterator lower_bound(
      std::string_view text, std::string_view line) const;
  void update(std::string_view text, std::size_t first,
              std::string_view boundary);

  Entries entries_;
};

}  // namespace mailtool::mime
