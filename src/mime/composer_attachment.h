// Files in a message: their type, and how they are written.
#pragma once

#include <string_view>

#include "composer_content.h"
#include "mailtool/mime/composer.h"

namespace mailtool::mime {

// Header and body of a part of a multipart, up to the line end that belongs to
// the delimiter behind it. `disposition` is "attachment" or "inline"; only the
// former may go as binary.
Result<void> write_attachment(const Composition& message,
                              const Attachment& file,
                              std::string_view disposition, Sink& out);

}  // namespace mailtool::mime
