/// \file
/// The one place where a -ERR becomes an Error.
#pragma once

#include <string_view>

#include "mailtool/base/error.h"
#include "mailtool/pop3/reply.h"

namespace mailtool::client {

/// What a server says, with its response code, fit to be shown.
[[nodiscard]] std::string said_by(const pop3::Reply& reply);

/// no_auth for [AUTH]; deferred for [IN-USE], [LOGIN-DELAY] and [SYS/TEMP]
/// (RFC 2449 section 8, RFC 3206); else `otherwise`.
[[nodiscard]] Error refusal(const pop3::Reply& reply, std::string_view step,
                            ErrorKind otherwise = ErrorKind::rejected);

}  // namespace mailtool::client
