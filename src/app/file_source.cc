#include "app/file_source.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/signals.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Waits for a pipe or terminal, and for a signal beside it.
Result<void> wait_for(int descriptor) {
  pollfd waiting[2] = {{descriptor, POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
  int ready = 0;
  while ((ready = ::poll(waiting, 2, time_left())) < 0 && errno == EINTR) {
  }
  if ((waiting[1].revents & POLLIN) != 0) {
    return Error{ErrorKind::interrupted, "stopped by a signal"};
  }
  // Input that never ends is ready each time.
  if (ready == 0 || time_left() == 0) {
    return Error{ErrorKind::timed_out, "the input did not end in time",
                 "--deadline"};
  }
  return {};
}

}  // namespace

Result<FileSource> FileSource::open(const std::string& path) {
  if (path == "-") return FileSource(STDIN_FILENO, "stdin");
  // A named pipe that nobody writes to is waited for where a signal is heard.
  const int descriptor =
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status{};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
    return Error{ErrorKind::no_input, std::strerror(errno), printable(path)};
  }
  if (S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    return Error{ErrorKind::no_input, "is a folder, not a file",
                 printable(path)};
  }
  return FileSource(descriptor, printable(path));
}

Result<FileSource> FileSource::take_stdin() {
  const int taken = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int empty = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const bool replaced =
      taken >= 0 && empty >= 0 && ::dup2(empty, STDIN_FILENO) >= 0;
  const int why = errno;
  if (empty >= 0) ::close(empty);
  if (replaced) return FileSource(taken, "stdin");
  if (taken >= 0) ::close(taken);
  return Error{ErrorKind::system, std::strerror(why), "stdin"};
}

FileSource::FileSource(FileSource&& other) noexcept
    : descriptor_(other.descriptor_), name_(std::move(other.name_)) {
  other.descriptor_ = -1;
}

FileSource::~FileSource() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

std::uint64_t FileSource::position() const {
  const auto position = ::lseek(descriptor_, 0, SEEK_CUR);
  return position > 0 ? static_cast<std::uint64_t>(position) : 0;
}

Result<std::size_t> FileSource::read_some(std::span<char> into) {
  for (;;) {
    if (auto ready = wait_for(descriptor_); !ready) {
      return std::move(ready).error();
    }
    const auto count = ::read(descriptor_, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR || errno == EAGAIN) continue;
    return Error{ErrorKind::local_io, std::strerror(errno),
                 "cannot read " + name_};
  }
}

}  // namespace mailtool::app
