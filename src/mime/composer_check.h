// What must hold before the first octet of a message is written.
#pragma once

#include "mailtool/mime/composer.h"

namespace mailtool::mime {

// Fails with usage; names the field or file.
Result<void> check(const Composition& message);

// True when an address cannot go without SMTPUTF8.
bool needs_utf8_headers(const Composition& message);

}  // namespace mailtool::mime
