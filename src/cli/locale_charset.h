/// \file
/// What charset the user's locale has.
#pragma once

#include <string>

#include "app/config.h"

namespace mailtool::cli {

/// True when LC_ALL, LC_CTYPE or LANG, whichever is set first, names a locale
/// in UTF-8. The system is asked only about a name that does not say it.
[[nodiscard]] bool locale_is_utf8(const app::Environment& environment);

/// The charset of that locale as it is named ("ISO-8859-15"); empty for that of
/// C and POSIX, and for a locale that the system does not know.
[[nodiscard]] std::string locale_charset(const app::Environment& environment);

}  // namespace mailtool::cli
