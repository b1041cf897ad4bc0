/// \file
/// The tables of i;unicode-casemap, for the alphabets that have case.
#pragma once

#include <span>

namespace mailtool::app {

/// first, first + step, … last become title case by adding `delta`.
struct CaseRange {
  char16_t first;
  char16_t last;
  int step;
  int delta;
};
/// Ascending.
[[nodiscard]] std::span<const CaseRange> case_ranges();

/// `whole` is `letter`, which may be decomposed itself, and `mark`.
struct Decomposition {
  char16_t whole;
  char16_t letter;
  char16_t mark;
};
/// Ascending by `whole`.
[[nodiscard]] std::span<const Decomposition> decompositions();

}  // namespace mailtool::app
