#include "cli/process_setup.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <initializer_list>

namespace mailtool::cli {

void prepare_process() {
  const struct rlimit no_core {};
  (void)::setrlimit(RLIMIT_CORE, &no_core);

  // A file that may not grow is an error of that file, to be told and cleaned
  // up after, not the end of the process.
  (void)std::signal(SIGXFSZ, SIG_IGN);

  // /dev/null, but open the wrong way round: data that cannot go where it was
  // meant to go must be an error and not vanish.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", mode) != descriptor) std::_Exit(71);
  }
}

}  // namespace mailtool::cli
