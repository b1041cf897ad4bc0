/// \file
/// One term of a query, as it stands alone and as it stands inside "or".
#pragma once

#include <string>
#include <string_view>

#include "app/imap_query.h"

namespace mailtool::app {

struct ParsedTerm {
  QueryTerm term;
  /// For below "or" and in parentheses, where no second look is possible.
  imap::SearchKey plain;
  bool plain_possible = true;
  bool plain_needs_within = false;
};

/// KEY:VALUE, or a bare word with an empty key. Fails with usage.
Result<ParsedTerm> parse_term(std::string_view key, const std::string& value,
                              const QueryClock& clock);

/// What does not meet `term`.
[[nodiscard]] ParsedTerm negated(ParsedTerm term);

}  // namespace mailtool::app
