/// \file
/// Text in columns: widths as a terminal shows them, and wrapped paragraphs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::cli {

/// Columns `text` takes on a terminal; independent of the locale. Counts by
/// grapheme (a family emoji is 2), combining marks are 0.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Appends `text` broken at blanks so that no line passes `columns`; a longer
/// word stands alone. The first line begins at column `at` (already written),
/// the others at `indent`. Ends with LF.
void append_wrapped(std::string& to, std::string_view text, std::size_t at,
                    std::size_t indent, std::size_t columns);

}  // namespace mailtool::cli
