/// \file
/// Texts as SEARCH and SORT compare them: without regard to case.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/mime/collation.h"

namespace mailtool::app {

using mime::collation_key;

/// Does one of the fields `name` of the header `octets` (lines ended by CRLF or
/// LF, folded or not) contain UTF-8 `text`, encoded words decoded? As SEARCH
/// does, by collation_key(); an empty text is in every such field.
[[nodiscard]] bool field_contains(std::string_view octets,
                                  std::string_view name, std::string_view text);

/// The values of the fields `name` in a header, unfolded and decoded, the first
/// only; "" where there is none.
[[nodiscard]] std::string first_field(std::string_view octets,
                                      std::string_view name);

}  // namespace mailtool::app
