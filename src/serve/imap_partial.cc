#include "serve/imap_partial.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::serve {

// partial-range-first = nz-number ":" nz-number
// partial-range-last  = MINUS nz-number ":" MINUS nz-number
std::optional<PartialRange> parse_partial(std::string_view text) {
  const auto words = split(text, ':');
  if (words.size() != 2) return std::nullopt;
  const bool last = words[0].starts_with('-');
  if (words[1].starts_with('-') != last) return std::nullopt;
  const auto number = [last](std::string_view word) {
    return parse_number(word.substr(last ? 1 : 0), UINT32_MAX).value_or(0);
  };
  auto from = static_cast<std::int64_t>(number(words[0]));
  auto to = static_cast<std::int64_t>(number(words[1]));
  if (from == 0 || to == 0) return std::nullopt;
  if (from > to) std::swap(from, to);
  if (last) return PartialRange{-from, -to, std::string(text)};
  return PartialRange{from, to, std::string(text)};
}

std::pair<std::size_t, std::size_t> PartialRange::of(std::size_t count) const {
  const auto all = static_cast<std::int64_t>(count);
  const auto begin = from > 0 ? from - 1 : all + to;
  const auto end = from > 0 ? to : all + from + 1;
  const auto bounded = [all](std::int64_t place) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(place, 0, all));
  };
  return {bounded(begin), std::max(bounded(begin), bounded(end))};
}

}  // namespace mailtool::serve
