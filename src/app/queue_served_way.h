/// \file
/// The ServedWay of a queue: written by a server at its start, followed by
/// whoever sends what waits.
#pragma once

#include <cstdint>

#include "app/queue_state.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// That of `folder`; since == 0 where no server has written one. Fails with
/// config where it makes no sense, and as QueueFolder::way().
Result<ServedWay> read_served_way(const store::QueueFolder& folder);

/// From `now` on, microseconds since 1970, all goes by `way`, whose `since` is
/// no matter; durable when it returns. Where it does so already nothing is
/// written. The caller is the one server of this queue. Fails as
/// QueueFolder::set_way().
Result<void> write_served_way(const store::QueueFolder& folder, ServedWay way,
                              std::int64_t now);

/// What waits in `state` is due at once where it has not been tried by the way
/// that holds `since` then: it may have waited for a server that was elsewhere.
void due_by_new_way(QueueState& state, std::int64_t since);

}  // namespace mailtool::app
