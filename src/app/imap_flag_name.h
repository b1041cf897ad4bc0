/// \file
/// Flags as they are typed.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// "seen" and "\Seen" are \Seen, in any case; "$Junk" and "kw:Junk" keywords.
/// A keyword stays on the server for good: what is more likely a system flag
/// typed wrongly, as "sen", "read" or "+seen", is one only behind "kw:". Fails
/// with usage on that, on \Recent and other words behind a backslash (RFC 9051
/// section 2.3.2), and on what is no flag; `sign`, "+", "-" or "", stands before
/// what was meant in the hint.
Result<std::string> flag_name(std::string_view word, std::string_view sign);

}  // namespace mailtool::app
