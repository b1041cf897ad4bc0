/// \file
/// The message that `send` sends: composed from options, or taken as it comes.
#pragma once

#include "app/invocation.h"
#include "app/outgoing_message.h"

namespace mailtool::app {

/// True when any of the composing options is given.
[[nodiscard]] bool wants_to_compose(const OptionValues& options);

}  // namespace mailtool::app
