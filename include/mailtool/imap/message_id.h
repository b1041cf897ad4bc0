/// \file
/// Message-IDs in the values of header fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtool::imap {

/// Takes the next msg-id (RFC 5322 section 3.6.4) from the value of a header
/// field, without angle brackets, blanks and comments, its quoted string
/// unquoted; `text` keeps what stands behind. Words that are none are passed
/// over. nullopt: there is no other.
[[nodiscard]] std::optional<std::string> take_message_id(
    std::string_view& text);

}  // namespace mailtool::imap
