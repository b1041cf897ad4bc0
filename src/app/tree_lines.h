/// \file
/// The parts of a message, a line each, as a tree.
#pragma once

#include "app/defect_list.h"
#include "app/parse_tree.h"

namespace mailtool::app {

/// Id, type, charset, encoding, size as it stands and decoded, name; behind a
/// part that is broken "!" and the rules.
Result<void> write_tree_lines(const ParsedMessage& message,
                              const std::vector<PartRow>& rows,
                              const DefectList& defects, const TreeStyle& style,
                              Sink& out);

}  // namespace mailtool::app
