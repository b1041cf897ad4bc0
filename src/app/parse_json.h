/// \file
/// A message as one JSON object: header, parts, defects.
#pragma once

#include "app/json.h"
#include "app/part_row.h"
#include "app/report_walk.h"

namespace mailtool::app {

/// The fields of the object, without its braces: more may follow.
void write_json(const ParsedMessage& message, const std::vector<PartRow>& rows,
                const ReportWalk& reports, JsonWriter& json);

}  // namespace mailtool::app
