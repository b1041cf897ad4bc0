/// \file
/// What a message says: its readable text, and its HTML.
#pragma once

#include <cstdint>
#include <vector>

#include "app/parsed_message.h"

namespace mailtool::app {

/// The parts that are the text to read, in order (cf. textBody of RFC 8621
/// section 4.1.4): text that is no attachment and not in an attached message;
/// of a multipart/alternative its plain text where it has one, else its HTML.
[[nodiscard]] std::vector<std::uint32_t> readable_parts(
    const mime::Structure& structure);

/// Those parts in UTF-8, HTML converted, an empty line between two.
Result<void> write_text(const ParsedMessage& message, Sink& out);

/// The HTML parts that are no attachments, in UTF-8 as they stand.
Result<void> write_html(const ParsedMessage& message, Sink& out);

/// True for a part that a reader would save: with a name or disposition that
/// says so, not text, or a message.
[[nodiscard]] bool is_attachment(const mime::Structure& structure,
                                 std::uint32_t part);

}  // namespace mailtool::app
