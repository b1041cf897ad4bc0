/// \file
/// The Received field of a server: RFC 5321 section 4.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/serve/smtp_backend.h"

namespace mailtool::app {

/// With its CRLF, folded: who says to be who, from which address, by which
/// protocol (RFC 3848, 6531), with which cipher (RFC 8314 section 4.3), for
/// whom where that is one alone. `now`: seconds since 1970.
[[nodiscard]] std::string received_field(const serve::Envelope& envelope,
                                         std::string_view host,
                                         std::string_view id, std::int64_t now);

}  // namespace mailtool::app
