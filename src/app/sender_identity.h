/// \file
/// What this machine and moment put into a message: date, tokens.
#pragma once

#include <string>

#include "mailtool/mime/date_time.h"

namespace mailtool::app {

/// Now, in the local time zone.
[[nodiscard]] mime::DateTime local_now();

/// 26 letters and digits that no other message has: 128 bits of the kernel's
/// randomness.
[[nodiscard]] std::string unique_token();

/// $TMPDIR, else /tmp.
[[nodiscard]] std::string temporary_folder();

}  // namespace mailtool::app
