/// \file
/// A message that failed: counted, told, and set aside when it goes on failing.
#pragma once

#include <cstdint>
#include <string>

#include "app/exit_status.h"
#include "app/fetch_receiver.h"

namespace mailtool::app {

enum class Blame : std::uint8_t {
  message,      ///< the failure is its own: it counts
  destination,  ///< it counts if the destination takes others in this run
  line,         ///< it counts if others come over the line in this run
  nobody,       ///< it says nothing about the message, and is told alone
};

struct FetchFailure {
  std::uint32_t number = 0;
  std::string reason;
  Blame blame = Blame::message;
  /// Bit i: destination i has not had it for that.
  std::uint8_t destinations = 0xff;
  ExitStatus status = ExitStatus::temp_fail;
  /// What ends the session tells it.
  bool told_otherwise = false;
};

/// Counts it in the journals, and tells it with its status; the run that sets
/// the message aside says so, with unavailable, and later ones say nothing.
/// Not synced. Fails with local_io, or as the report does.
Result<void> note_failure(FetchWork& work, const FetchFailure& failure);

}  // namespace mailtool::app
