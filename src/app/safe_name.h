/// \file
/// File names out of messages, made safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::app {

/// Longest name that is made, in octets.
inline constexpr std::size_t kMaxSafeName = 200;

/// A name for a file in one folder out of what a message calls it: the last
/// component after "/" and "\", valid UTF-8 of at most kMaxSafeName octets, cut
/// at a character with the extension kept. It does not begin with ".", "-" or a
/// blank, nor end with "." or a blank, and is no device of any system ("con",
/// "NUL.txt", "com1"). Controls, characters that cannot be seen or turn others
/// around, and `"*:<>?|` become "_"; blanks of every width become a space.
/// Characters are not composed or decomposed: two names that differ only in
/// that stay two. `fallback`, a safe name, when nothing is left.
[[nodiscard]] std::string safe_name(std::string_view name,
                                    std::string_view fallback);

/// "report.pdf", 2: "report-2.pdf"; at most kMaxSafeName octets.
[[nodiscard]] std::string numbered_name(std::string_view name,
                                        std::uint64_t number);

}  // namespace mailtool::app
