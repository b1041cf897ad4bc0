/// \file
/// ENVELOPE and BODYSTRUCTURE of a message (RFC 9051 section 7.5.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/structure.h"

namespace mailtool::serve {

/// Of the message root `part`.
void put_envelope(std::string& out, const mime::Structure& structure,
                  const mime::Part& part);
/// Of all the message; `extended` for BODYSTRUCTURE, not for BODY. `lines`: how
/// many each part has, as ImapMessage::lines(). Nothing is recursive.
void put_body_structure(std::string& out, const mime::Structure& structure,
                        const std::vector<std::uint64_t>& lines, bool extended);

}  // namespace mailtool::serve
