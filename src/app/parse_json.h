/// \file
/// A message as one JSON object: header, parts, defects.
#pragma once

#include "app/json.h"
#include "app/parsed_message.h"

namespace mailtool::app {

Result<void> write_json(const ParsedMessage& message, JsonWriter& json);

}  // namespace mailtool::app
