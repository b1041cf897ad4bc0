/// \file
/// What an attachment is called on disk.
#pragma once

#include <string>
#include <string_view>

#include "app/part_row.h"

namespace mailtool::app {

/// ".pdf" for "application/pdf"; ".bin" for a type that is not known.
[[nodiscard]] std::string_view extension_of_type(std::string_view type) noexcept;

/// A safe name (see safe_name): the one sent with the part, else "part-2.1.pdf"
/// by its id and type. A message that is saved whole ends in ".eml".
[[nodiscard]] std::string attachment_name(const PartRow& row);

}  // namespace mailtool::app
