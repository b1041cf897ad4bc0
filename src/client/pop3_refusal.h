/// \file
/// The one place where a -ERR becomes an Error.
#pragma once

#include <string_view>

#include "mailtool/base/error.h"
#include "mailtool/pop3/reply.h"

namespace mailtool::client {

/// What a server says, with its response code, fit to be shown.
[[nodiscard]] std::string said_by(const pop3::Reply& reply);

/// By response code, whether or not the server announced RESP-CODES: deferred
/// for [IN-USE], [LOGIN-DELAY] (RFC 2449 section 8) and [SYS/TEMP], no_auth for
/// [AUTH], rejected for [SYS/PERM] (RFC 3206); refinements count as what they
/// refine. Other codes, and none: `otherwise`.
[[nodiscard]] Error refusal(const pop3::Reply& reply, std::string_view step,
                            ErrorKind otherwise = ErrorKind::rejected);

}  // namespace mailtool::client
