/// \file
/// A session that fails on purpose, and late.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "mailtool/serve/fault_hook.h"
#include "mailtool/serve/fault_rules.h"
#include "mailtool/serve/session.h"

namespace mailtool::serve {

/// What `make` makes, with the faults of `rules`, which outlive it, and with
/// `delay` before the greeting and each answer.
///
/// A drop counts the octets that follow the command of the message that a
/// client sends (DATA, BDAT, APPEND), else those of the answer; where there are
/// fewer, it is at their end: a message is kept then, and its answer is not
/// given.
[[nodiscard]] std::unique_ptr<Session> make_faulty_session(
    Protocols protocol, FaultRules& rules, std::chrono::milliseconds delay,
    const std::function<std::unique_ptr<Session>(FaultHook&)>& make);

}  // namespace mailtool::serve
