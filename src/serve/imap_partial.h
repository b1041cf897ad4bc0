/// \file
/// PartialRange: a window on what was found (RFC 9394).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mailtool::serve {

/// From the first one, or from the last one where both are negative.
struct PartialRange {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string text;  ///< as it was asked for

  /// The places [first, second), of `count`, that it is of.
  [[nodiscard]] std::pair<std::size_t, std::size_t> of(std::size_t count) const;
};

/// "1:100", "-1:-100"; nullopt on anything else.
[[nodiscard]] std::optional<PartialRange> parse_partial(std::string_view text);

}  // namespace mailtool::serve
