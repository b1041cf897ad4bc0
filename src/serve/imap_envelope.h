/// \file
/// ENVELOPE and BODYSTRUCTURE of a message (RFC 9051 section 7.5.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/mime/structure.h"

namespace mailtool::serve {

/// Of the message root `part`.
void put_envelope(std::string& out, const mime::Structure& structure,
                  const mime::Part& part);
/// Of all the message; `extended` for BODYSTRUCTURE, not for BODY. `octets` are
/// the message's: lines are counted in them. Nothing is recursive.
void put_body_structure(std::string& out, const mime::Structure& structure,
                        std::string_view octets, bool extended);

}  // namespace mailtool::serve
