/// \file
/// What the completion of a command means: RFC 9051 section 7.1.
#pragma once

#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

/// The Error that a completion other than OK stands for. `step` names the
/// command.
[[nodiscard]] Error imap_refusal(const imap::StatusResponse& completion,
                                 std::string_view step);
/// imap_refusal(), too, for an OK that says that only a part was done.
[[nodiscard]] Result<void> imap_success(const imap::StatusResponse& completion,
                                        std::string_view step);

}  // namespace mailtool::client
