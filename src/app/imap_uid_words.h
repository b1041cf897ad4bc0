/// \file
/// What looks like UIDs in a query.
#pragma once

#include <string_view>

namespace mailtool::app {

/// All words (but "and", "or", "not" and parentheses) are made of digits and
/// ",:*.-" alone, as "10-12", "1 2" or "0": UIDs were meant, and no text that
/// has this in it. False for "".
[[nodiscard]] bool looks_like_uids(std::string_view query);

}  // namespace mailtool::app
