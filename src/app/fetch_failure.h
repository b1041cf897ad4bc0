/// \file
/// A message that failed: counted, told, and set aside when it goes on failing.
#pragma once

#include <cstdint>
#include <string>

#include "app/exit_status.h"
#include "app/fetch_receiver.h"

namespace mailtool::app {

struct FetchFailure {
  std::uint32_t number = 0;
  std::string reason;
  /// False: it says nothing about the message, and is told alone.
  bool counts = true;
  /// Bit i: destination i has not had it for that.
  std::uint8_t destinations = 0xff;
  ExitStatus status = ExitStatus::temp_fail;
};

/// Counts it in the journals, and tells it with its status; the run that sets
/// the message aside says so, with unavailable, and later ones say nothing.
/// Not synced. Fails with local_io, or as the report does.
Result<void> note_failure(FetchWork& work, const FetchFailure& failure);

/// The same, of a failure that ends the session and is told as that. Says only
/// that the message is set aside.
Result<void> count_failure(FetchWork& work, std::uint32_t number);

}  // namespace mailtool::app
