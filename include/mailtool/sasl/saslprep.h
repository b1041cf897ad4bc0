/// \file
/// SASLprep: names and passwords before they are hashed, RFC 4013.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtool::sasl {

/// `text` in NFKC with what RFC 4013 maps to a space or to nothing mapped.
/// ASCII without controls comes back as it is. nullopt for controls, invalid
/// UTF-8, private use and whatever else section 2.3 prohibits. The rules for
/// bidirectional text (2.4) are left to the server.
[[nodiscard]] std::optional<std::string> saslprep(std::string_view text);

}  // namespace mailtool::sasl
