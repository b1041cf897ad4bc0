/// \file
/// A report (DSN, MDN, ARF) as a JSON object.
#pragma once

#include "app/json.h"
#include "mailtool/mime/report.h"

namespace mailtool::app {

/// One JSON object, as a value.
void write_report_json(const mime::Report& report, JsonWriter& json);

}  // namespace mailtool::app
