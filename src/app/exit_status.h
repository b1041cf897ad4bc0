/// \file
/// ExitStatus: what the shell learns. One table for every command.
#pragma once

#include <cstdint>

#include "mailtool/base/error.h"

namespace mailtool::app {

/// The statuses of sysexits.h that we use.
enum class ExitStatus : std::uint8_t {
  ok = 0,
  no_match = 1,  ///< only with --exit-code of a search
  usage = 64,
  data_err = 65,
  no_input = 66,
  no_user = 67,
  no_host = 68,
  unavailable = 69,
  software = 70,
  os_err = 71,
  cant_create = 73,
  io_err = 74,
  temp_fail = 75,
  protocol = 76,
  no_perm = 77,
  config = 78,
};

[[nodiscard]] ExitStatus exit_status(ErrorKind kind) noexcept;

/// The status of a run with several outcomes: temp_fail if any is temporary,
/// else the first that is not ok.
[[nodiscard]] ExitStatus combine(ExitStatus so_far, ExitStatus next) noexcept;

}  // namespace mailtool::app
