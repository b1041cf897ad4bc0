/// \file
/// What charset the user's locale has.
#pragma once

#include "app/config.h"

namespace mailtool::cli {

/// True when LC_ALL, LC_CTYPE or LANG, whichever is set first, names a locale
/// in UTF-8. The system is asked only about a name that does not say it.
[[nodiscard]] bool locale_is_utf8(const app::Environment& environment);

}  // namespace mailtool::cli
