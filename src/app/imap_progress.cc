#include "app/imap_progress.h"

#include <unistd.h>

namespace mailtool::app {

int imap_progress_descriptor(const Invocation& invocation) {
  const bool data_on_terminal =
      invocation.stdout_is_terminal && invocation.json();
  const bool wanted = invocation.progress && !data_on_terminal &&
                      !invocation.verbose() && !invocation.quiet();
  return wanted ? STDERR_FILENO : -1;
}

}  // namespace mailtool::app
