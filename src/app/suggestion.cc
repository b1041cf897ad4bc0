#include "app/suggestion.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mailtool::app {
namespace {

constexpr std::size_t kLongest = 64;

// Optimal string alignment: Damerau's four slips, each at most once a place.
std::size_t distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kLongest + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(
    std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongest) continue;
    const auto slips = distance(word, candidate);
    // Two words of one letter have nothing in common.
    if (slips >= std::max(word.size(), candidate.size())) continue;
    if (slips < best_distance) {
      best = candidate;
      best_distance = slips;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word,
                         std::span<const std::string_view> candidates,
                         std::string_view prefix) {
  const auto meant = nearest(word, candidates);
  if (!meant) return "";
  return "; did you mean " + std::string(prefix) + std::string(*meant) + "?";
}

std::string did_you_mean_either(std::string_view word,
                                std::span<const std::string_view> candidates) {
  const auto meant = nearest(word, candidates);
  if (!meant) return "";
  for (const auto candidate : candidates) {
    if (candidate == *meant || candidate.size() > kLongest) continue;
    if (candidate == std::string(*meant) + "s" ||
        distance(word, candidate) == distance(word, *meant)) {
      return "; did you mean " + std::string(*meant) + " or " +
             std::string(candidate) + "?";
    }
  }
  return "; did you mean " + std::string(*meant) + "?";
}

}  // namespace mailtool::app
