/// \file
/// What is in the queue, for those who look at it; and how a user names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/queue_state.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// One message of the queue, as it was when it was read.
struct QueueEntry {
  std::string id;
  std::optional<QueueState> state;  ///< nullopt: it makes no sense
  std::string damage;               ///< why; empty where there is a state
  std::uint64_t octets = 0;         ///< of the message
};

/// The queue of this user; nullopt where nothing was ever queued. Fails with
/// config, local_io or cannot_create.
Result<std::optional<store::QueueFolder>> existing_queue();

/// nullopt when it is not in the queue (any more). `since`: of the ServedWay of
/// the queue. Fails with local_io.
Result<std::optional<QueueEntry>> read_entry(const store::QueueFolder& folder,
                                             const std::string& id,
                                             std::int64_t since);
/// 0 where there is none that makes sense: who sends what waits says so.
[[nodiscard]] std::int64_t served_since(const store::QueueFolder& folder);

/// The ids that `word` means: one that is it, begins with it or ends with it
/// (of four letters or more), or, for "all", every one of `ids`. Fails with
/// no_input when there is none, with usage when there are several.
Result<std::vector<std::string>> ids_named(std::string_view word,
                                           const std::vector<std::string>& ids);

}  // namespace mailtool::app
