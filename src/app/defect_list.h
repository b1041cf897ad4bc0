/// \file
/// DefectList: what is wrong with a message, in all that it holds.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "app/part_row.h"

namespace mailtool::app {

/// A defect, and which row it is about.
struct RowDefect {
  const mime::Defect* defect;
  std::size_t row;
  std::uint32_t level;
  /// Where: in the message, or for another level in what its leaf decodes to.
  [[nodiscard]] mime::Span span(const ParsedMessage& message) const;
};

/// Defects of one rule that readers differ about in one way.
struct DefectGroup {
  mime::DefectRule rule;
  mime::Ambiguity ambiguity;
  std::vector<std::size_t> places;  ///< of DefectList::all
  std::uint64_t more = 0;           ///< that were counted and not kept
};

struct DefectList {
  std::vector<RowDefect> all;  ///< level by level, in order of discovery
  std::array<std::uint64_t, mime::kDefectRules> counts{};  ///< of all levels
  std::array<std::uint64_t, mime::kDefectRules> kept{};

  /// The worst rules first, else in order of discovery.
  [[nodiscard]] std::vector<DefectGroup> groups() const;
};

/// Views of `message`.
[[nodiscard]] DefectList defects_of(const ParsedMessage& message,
                                    const std::vector<PartRow>& rows);

}  // namespace mailtool::app
