/// \file
/// The verbs of `mailtool queue`. Each takes the words behind it.
#pragma once

#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/json.h"
#include "app/output.h"
#include "app/queue_entries.h"

namespace mailtool::app {

Result<ExitStatus> queue_list(const Invocation& invocation, Output& out);
/// The list in the form of mailq, for people and programs that know that one:
/// "Mail queue is empty" where nothing waits.
Result<ExitStatus> queue_list_as_mailq(const Invocation& invocation,
                                       Output& out);
Result<ExitStatus> queue_show(const Invocation& invocation,
                              const std::string& word, Output& out);
Result<ExitStatus> queue_why(const Invocation& invocation,
                             const std::vector<std::string>& words,
                             Output& out);

/// One line {"type":"queued",…}, see mailtool-queue(1).
Result<void> write_queued(const QueueEntry& entry, Output& out);

/// "2026-11-20 21:15" in the local time zone.
[[nodiscard]] std::string local_minute(std::int64_t seconds);
/// RFC 3339 in the local time zone.
[[nodiscard]] std::string local_rfc3339(std::int64_t seconds);
/// "in 6 minutes", "now".
[[nodiscard]] std::string until_text(std::int64_t when, std::int64_t now);

}  // namespace mailtool::app
