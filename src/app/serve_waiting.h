/// \file
/// What waits in the queue of a server that sends nothing.
#pragma once

#include <string>

namespace mailtool::app {

/// Of more it is not told what became of them: a start does not wait for that.
inline constexpr std::size_t kWaitingLookedAt = 1000;

/// How many messages wait in the queue below `folder` (see ServeRelay::open), and
/// what would send them, in one line; empty where there are none.
[[nodiscard]] std::string waiting_text(const std::string& folder);

}  // namespace mailtool::app
