/// \file
/// The columns of a listing on a terminal, wide or narrow.
#pragma once

#include <cstddef>
#include <vector>

#include "app/imap_list_fields.h"

namespace mailtool::app {

/// The columns of each field, two blanks between: numbers and dates take what
/// they need, the others share what is left of `columns` (at least 1). Where
/// there is no room for all, dates lose the time of day, and then fields are
/// left out, those of the least use first: their width is 0. One is kept.
[[nodiscard]] std::vector<std::size_t> column_widths(
    const std::vector<ListField>& fields, std::size_t columns);

}  // namespace mailtool::app
