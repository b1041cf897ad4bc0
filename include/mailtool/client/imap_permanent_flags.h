/// \file
/// Which flags a mailbox keeps (PERMANENTFLAGS, RFC 9051 section 7.1).
#pragma once

#include <string>
#include <vector>

#include "mailtool/client/imap_search.h"

namespace mailtool::client {

/// Those of `flags` that `mailbox`, which was SELECTed, forgets with the
/// session or ignores; none where the server has not said what it keeps.
[[nodiscard]] std::vector<std::string> not_kept(
    const SelectedMailbox& mailbox, const std::vector<std::string>& flags);

}  // namespace mailtool::client
