#include "app/imap_confirm.h"

#include <unistd.h>

#include <utility>

#include "app/file_source.h"

namespace mailtool::app {

bool asks(const Invocation& invocation) {
  return invocation.stdin_is_terminal && invocation.stderr_is_terminal &&
         !invocation.options.has("yes") && !invocation.options.has("explain");
}

Result<void> confirm(const Invocation& invocation,
                     const std::string& question) {
  if (!asks(invocation)) return {};
  const auto line = question + " [y/N] ";
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) {
    return Error{ErrorKind::local_io, "cannot ask", "stderr"};
  }
  auto terminal = FileSource::open("-");
  if (!terminal) return std::move(terminal).error();
  // A terminal hands over a line at a time.
  char answer[256];
  auto count_read = terminal->read_some(answer);
  if (!count_read) return std::move(count_read).error();
  if (*count_read > 0 && (answer[0] == 'y' || answer[0] == 'Y')) return {};
  return Error{ErrorKind::bad_input, "not confirmed; nothing was changed"};
}

}  // namespace mailtool::app
