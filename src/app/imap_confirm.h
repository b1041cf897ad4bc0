/// \file
/// The question before what cannot be taken back.
#pragma once

#include <string>

#include "app/invocation.h"

namespace mailtool::app {

/// Somebody is there to answer, and neither --yes nor --explain is given; a
/// script has decided already.
[[nodiscard]] bool asks(const Invocation& invocation);
/// Asks on the terminal, where asks(). Fails with bad_input unless the answer is
/// yes, with local_io where it cannot be asked.
Result<void> confirm(const Invocation& invocation, const std::string& question);

}  // namespace mailtool::app
