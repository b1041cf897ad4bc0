/// \file
/// What this machine and moment put into a message: date, tokens, host name.
#pragma once

#include <string>

#include "mailtool/mime/date_time.h"

namespace mailtool::app {

/// Now, in the local time zone.
[[nodiscard]] mime::DateTime local_now();

/// 26 letters and digits that no other message has: 128 bits of the kernel's
/// randomness.
[[nodiscard]] std::string unique_token();

/// This host's name for EHLO: its fully qualified name where it has one
/// (RFC 5321 section 4.1.4), else "localhost".
[[nodiscard]] std::string helo_name();

/// $TMPDIR, else /tmp.
[[nodiscard]] std::string temporary_folder();

}  // namespace mailtool::app
