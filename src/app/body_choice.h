/// \file
/// Which parts of a message are the text to read.
#pragma once

#include <cstddef>
#include <vector>

#include "app/part_row.h"

namespace mailtool::app {

/// Indices of rows, in order of the text.
struct BodyChoice {
  std::vector<std::size_t> text;  ///< to read as plain text
  std::vector<std::size_t> html;  ///< to show as HTML
};

/// textBody and htmlBody of RFC 8621 section 4.1.4, less what is no text: of a
/// multipart/alternative its plain text where it has one, else its HTML, and the
/// other way round; nothing that is an attachment or stands in an attached
/// message. Text of a kind that is neither counts as plain, but not in an
/// alternative. A message that has none of its own but TNEF has the texts of
/// that.
[[nodiscard]] BodyChoice choose_body(const std::vector<PartRow>& rows);

}  // namespace mailtool::app
