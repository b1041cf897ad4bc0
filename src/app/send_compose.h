/// \file
/// Composing from options: --to, -s, --body, --html, --attach and their kin.
#pragma once

#include "app/send_message.h"

namespace mailtool::app {

/// Recipients given as arguments are in To, as are those of --to. Fails with usage,
/// no_input, local_io, cannot_create.
Result<OutgoingMessage> compose_message(const Invocation& invocation);

}  // namespace mailtool::app
