/// \file
/// The one function that makes text from outside fit to be shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool {

/// Longest text from a server that is shown; the rest becomes "…".
inline constexpr std::size_t kShownOctets = 1000;

/// `text` as valid UTF-8 that cannot act on a terminal or fake a line: C0 and
/// C1 controls, DEL, line and paragraph separators, bidirectional controls,
/// tags and invalid octets become `\xHH` (octets) or `\u{HHHH}` (code points).
/// HTAB becomes a space. Cut to `max_octets` of input at a character border.
[[nodiscard]] std::string printable(std::string_view text,
                                    std::size_t max_octets = kShownOctets);

}  // namespace mailtool
