/// \file
/// Character references of HTML that occur in mail.
#pragma once

#include <string>
#include <string_view>

namespace mailtool::mime {

/// The text that "amp", "#8364" or "#x20AC" stands for (without & and ;); empty
/// when it is not known.
[[nodiscard]] std::string html_entity(std::string_view name);

}  // namespace mailtool::mime
