/// \file
/// A session whose dialogue is written down.
#pragma once

#include <memory>

#include "mailtool/base/sink.h"
#include "mailtool/serve/fault_rules.h"
#include "mailtool/serve/session.h"

namespace mailtool::serve {

/// `inner` with its dialogue in `sink`, in the form of tests/dialogue, without
/// passwords and what proves them. The dialogue never fails: where it cannot be
/// written it is given up, and the session goes on.
[[nodiscard]] std::unique_ptr<Session> make_transcript_session(
    Protocols protocol, std::unique_ptr<Session> inner,
    std::unique_ptr<Sink> sink);

}  // namespace mailtool::serve
