// What of a message is covered by a signature or is encrypted, and must keep
// its octets: RFC 6376, RFC 8617, RFC 1847.
#pragma once

#include <string_view>
#include <vector>

#include "mailtool/mime/structure.h"

namespace mailtool::mime {

// For each part what covers it, header and body: "multipart/signed",
// "DKIM-Signature"; empty: nothing does.
[[nodiscard]] std::vector<std::string_view> covered_parts(
    const Structure& structure);

// The name of the first field of the part that signs all of its message; empty
// if there is none.
[[nodiscard]] std::string_view signing_field(const Structure& structure,
                                             const Part& part);

}  // namespace mailtool::mime
