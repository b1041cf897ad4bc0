/// \file
/// What a process that handles secrets and mail sets right before it starts.
#pragma once

namespace mailtool::cli {

/// No core dumps, which would hold passwords; the three standard descriptors
/// are open, so that no socket or mailbox becomes number 0, 1 or 2. A closed
/// one stays unusable: reading stdin or writing stdout then fails.
void prepare_process();

}  // namespace mailtool::cli
