/// \file
/// The header of a message as JSON.
#pragma once

#include "app/json.h"
#include "mailtool/mime/structure.h"

namespace mailtool::app {

/// subject, from, to, ..., references, headers: fields of an object.
void write_header_json(const mime::Structure& structure, JsonWriter& json);

}  // namespace mailtool::app
