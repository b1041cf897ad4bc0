/// \file
/// The end of all waiting, where it is no signal that ends it.
#pragma once

namespace mailtool::app {

/// Makes interrupt_fd() readable: every wait on a server, in every thread, ends
/// with ErrorKind::interrupted, for good. caught_signal() stays 0.
void end_waits();

}  // namespace mailtool::app
