// What must hold before the first octet of a message is written.
#pragma once

#include "mailtool/mime/composer.h"

namespace mailtool::mime {

// Fails with usage; names the field or file.
Result<void> check(const Composition& message);

// True for a field with addresses that composing does not set itself.
[[nodiscard]] bool holds_addresses(std::string_view field);

// True when an address cannot go without SMTPUTF8.
bool needs_utf8_headers(const Composition& message);

}  // namespace mailtool::mime
