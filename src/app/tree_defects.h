/// \file
/// The defects of a message, rule by rule, as the tree ends with them.
#pragma once

#include "app/defect_list.h"
#include "app/parse_tree.h"

namespace mailtool::app {

/// "Ambiguous:", what readers differ about; then "Defects:", all else. Nothing
/// where there is neither.
Result<void> write_tree_defects(const ParsedMessage& message,
                                const std::vector<PartRow>& rows,
                                const DefectList& defects,
                                const TreeStyle& style, Sink& out);

}  // namespace mailtool::app
