/// \file
/// What a message says: its readable text, and its HTML.
#pragma once

#include "app/part_row.h"

namespace mailtool::app {

/// The text to read (see choose_body) in UTF-8, HTML converted, format=flowed
/// (RFC 3676) with each paragraph on one line; an empty line between two parts.
Result<void> write_text(const ParsedMessage& message,
                        const std::vector<PartRow>& rows, Sink& out);

/// The HTML to show in UTF-8, as it stands.
Result<void> write_html(const ParsedMessage& message,
                        const std::vector<PartRow>& rows, Sink& out);

}  // namespace mailtool::app
