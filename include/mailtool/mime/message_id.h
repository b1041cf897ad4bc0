/// \file
/// Message identifiers: RFC 5322 section 3.6.4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/defect.h"

namespace mailtool::mime {

/// "<TOKEN@HOST>". The token must be unique: time and random from the caller.
/// Characters that an identifier cannot hold are left out of both.
[[nodiscard]] std::string make_message_id(std::string_view token,
                                          std::string_view host);

/// The identifiers of a Message-ID, In-Reply-To or References value, folded or
/// not, each without its angle brackets; at most `max`. Text that is not
/// in brackets counts only when there is nothing else. White space goes,
/// except in a quoted string; controls go always.
[[nodiscard]] std::vector<std::string> parse_message_ids(
    std::string_view value, std::size_t max = 1000);

/// As above, replacing what `into` holds. malformed_message_id is added to
/// `defects`, if given, where text is out of place, a bracket or "@" is
/// missing, or white space stands inside.
void parse_message_ids(std::string_view value, std::vector<std::string>& into,
                       DefectSet* defects, std::size_t max = 1000);

}  // namespace mailtool::mime
