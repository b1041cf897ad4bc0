/// \file
/// Which searches of one mailbox may be on their way together.
#pragma once

#include "mailtool/client/imap_search.h"
#include "mailtool/imap/capability.h"

namespace mailtool::client {

/// Must the answer to `before` be awaited before `next` is sent? Servers search
/// side by side, and "* SEARCH" does not say for which command (RFC 9051 section
/// 5.5). ESEARCH does, and "* THREAD" answers a THREAD alone.
[[nodiscard]] bool must_await(const imap::Capabilities& offered,
                              const SearchQuestion& before,
                              const SearchQuestion& next);

}  // namespace mailtool::client
