/// \file
/// Suggestion: the word that was meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mailtool::app {

/// The candidate nearest to `word` by letters typed wrongly, left out, put in
/// or swapped; the first of several equally near. nullopt when none is near
/// enough to be what was meant (about one letter in three). Words over 64
/// octets have no suggestion.
[[nodiscard]] std::optional<std::string_view> nearest(
    std::string_view word, std::span<const std::string_view> candidates);

/// "; did you mean PREFIXword?", or "" when nearest() has none.
[[nodiscard]] std::string did_you_mean(
    std::string_view word, std::span<const std::string_view> candidates,
    std::string_view prefix = "");
/// The same, and where a second one is as near, or the plural of the first:
/// "; did you mean A or B?".
[[nodiscard]] std::string did_you_mean_either(
    std::string_view word, std::span<const std::string_view> candidates);

}  // namespace mailtool::app
