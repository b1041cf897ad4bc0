/// \file
/// The tree of a message for people: header, parts, defects.
#pragma once

#include "app/parsed_message.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Always safe for a terminal. `ascii` draws the branches with ASCII.
Result<void> write_tree(const ParsedMessage& message, bool ascii, Sink& out);

/// "612 B", "5.2 KB", "1.4 GB" (powers of 1024).
[[nodiscard]] std::string size_text(std::uint64_t octets);

}  // namespace mailtool::app
