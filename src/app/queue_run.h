/// \file
/// mailtool queue run: what is due goes out.
#pragma once

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/output.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Sends what is due, or, where the arguments name some, these at once whatever
/// their time. Messages that go the same way (and, direct, to the same domains)
/// share a session, ways go side by side (--jobs). With --watch it stays, and
/// runs whenever something is due or comes in, until a signal.
///
/// After each message what became of it is on disk before the next one is
/// begun. A message that somebody else works on is left to them; one that makes
/// no sense is set aside and told. Those that are named, and have no way to go,
/// stay as they are, which is told; others wait as after a try.
///
/// The status is that of the recipients where messages are named; else 0, since
/// what could not be sent waits, unless the queue itself fails.
Result<ExitStatus> run_queue(const Invocation& invocation, Output& out);

}  // namespace mailtool::app
