/// \file
/// IdleOutcome: what a wait within IDLE brought (RFC 2177).
#pragma once

#include <cstdint>

namespace mailtool::client {

enum class IdleOutcome : std::uint8_t {
  nothing,   ///< came in that time
  response,  ///< one, and there may be more
  ended,     ///< by the server; end_idle() is still due
};

}  // namespace mailtool::client
