/// \file
/// The header fields that people look for, as the tree begins with them.
#pragma once

#include "app/parse_tree.h"
#include "mailtool/mime/structure.h"

namespace mailtool::app {

/// A line a field, repeated ones too, then an empty line; nothing without such
/// fields. An address is shown whole whatever name stands before it.
Result<void> write_tree_header(const mime::Structure& structure,
                               const TreeStyle& style, Sink& out);

}  // namespace mailtool::app
