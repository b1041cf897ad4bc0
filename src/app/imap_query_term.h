/// \file
/// One term of a query.
#pragma once

#include <string>
#include <string_view>

#include "app/imap_query.h"

namespace mailtool::app {

/// KEY:VALUE, or a bare word with an empty key. Fails with usage.
Result<QueryTerm> parse_term(std::string_view key, const std::string& value,
                             const QueryClock& clock);

/// IMAP's own words, as raw:(…) and --raw have them. What goes to the server is
/// one key in parentheses, whatever is in it: fails with usage on CR, LF, NUL
/// and 8-bit, on quotes and parentheses that are not closed or not opened, and
/// on a brace outside of quotes, which would begin a literal.
Result<imap::SearchKey> raw_key(const std::string& words);

}  // namespace mailtool::app
