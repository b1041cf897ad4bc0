/// \file
/// Modifiers of FETCH and STORE: RFC 4466, RFC 7162 and RFC 9394.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mailtool/imap/value.h"

namespace mailtool::serve {

/// "17"; 0 to 2^63-1. nullopt where it is none.
[[nodiscard]] std::optional<std::uint64_t> parse_modseq(imap::Value value);

struct FetchModifiers {
  std::optional<std::uint64_t> changed_since;  ///< at least 1
  std::string_view partial;  ///< as it stands; empty: not there
};

/// "(CHANGEDSINCE 17 PARTIAL 1:100)", each at most once; none where the value is
/// absent. nullopt where it is something else.
[[nodiscard]] std::optional<FetchModifiers> parse_fetch_modifiers(
    imap::Value list);

/// "(UNCHANGEDSINCE 17)"; nullopt where it is something else.
[[nodiscard]] std::optional<std::uint64_t> parse_unchanged_since(
    imap::Value list);

}  // namespace mailtool::serve
