/// \file
/// The part of a notification that people read.
#pragma once

#include <string>
#include <vector>

#include "app/queue_report.h"

namespace mailtool::app {

/// Recipients that are told of in words; the others are counted. All of them
/// are in the part for programs.
inline constexpr std::size_t kToldRecipients = 100;

/// UTF-8, CRLF line ends: what happened, to whom, what the server said, what to
/// do.
[[nodiscard]] std::string report_text(
    ReportKind kind, const QueueState& state,
    const std::vector<const QueueRecipient*>& about,
    const ReportOrigin& origin);

}  // namespace mailtool::app
