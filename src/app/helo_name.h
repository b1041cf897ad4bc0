/// \file
/// Who we say we are: the argument of EHLO.
#pragma once

#include <string>

#include "app/option_values.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// --helo; else the fully qualified name of this host; else its address as a
/// literal, "[192.0.2.5]" (RFC 5321 section 4.1.4); else "localhost", where it
/// has neither. Fails with usage on a --helo that is no name and no literal.
Result<std::string> helo_name(const OptionValues& options);

}  // namespace mailtool::app
