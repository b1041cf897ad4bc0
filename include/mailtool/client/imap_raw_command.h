/// \file
/// check_raw_command(): what a user types as a command.
#pragma once

#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::client {

/// May a user send this? Fails with usage on CR, LF, NUL and 8 bit octets, on
/// the announcement of a literal, and on commands after which the connection
/// speaks something else: STARTTLS, AUTHENTICATE, IDLE and their like.
Result<void> check_raw_command(std::string_view text);

}  // namespace mailtool::client
