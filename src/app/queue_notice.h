/// \file
/// Who must be told of what: the reports that a message of the queue brings on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/queue_report.h"
#include "app/queue_state.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

struct Notice {
  ReportKind kind;
  std::vector<std::size_t> recipients;  ///< indices into QueueState::recipients
};

/// What has happened that nobody was told of, at `now` (seconds since 1970):
///
/// - recipients that failed, unless DSN says never, or not of failures; a
///   failed report or message of the null sender too, which goes to a folder;
/// - recipients that still wait after 4 hours, where DSN asks for that;
/// - recipients whose server knows no DSN, where success was to be reported.
[[nodiscard]] std::vector<Notice> notices_due(const QueueState& state,
                                              std::int64_t now);

/// Of a report at `now` by the server that calls itself `host`; empty: by this
/// machine, as its mail has it.
[[nodiscard]] ReportOrigin report_origin(std::string host, std::int64_t now);

/// Puts a report by `host`, as report_origin() has it, for each of `notices`
/// into the queue, to the sender, on the way of the message, and marks it in
/// `state`. One about a message that nobody is to be told of is kept in the
/// Maildir `undelivered` beside the folder, the message itself with it. Called
/// again after a crash it adds none twice. Fails with local_io or
/// cannot_create.
Result<void> send_notices(const store::QueueFolder& folder,
                          const store::QueueFolder::Entry& entry,
                          QueueState& state, const std::vector<Notice>& notices,
                          const std::string& host, std::int64_t now);

}  // namespace mailtool::app
