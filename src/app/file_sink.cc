#include "app/file_sink.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

Result<void> write_fully(int descriptor, std::string_view octets,
                         const std::string& name) {
  while (!octets.empty()) {
    const auto written = ::write(descriptor, octets.data(), octets.size());
    if (written >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return Error{ErrorKind::local_io, std::strerror(errno), printable(name)};
    }
  }
  return {};
}

// Where these two are symbolic links they lead to what is open here already.
int open_sink(const std::string& path) {
  if (path == "-" || path == "/dev/stdout") {
    return ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  }
  if (path == "/dev/stderr") return ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  return ::open(path.c_str(),
                O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
}

}  // namespace

Result<FileSink> FileSink::create(const std::string& path) {
  const int descriptor = open_sink(path);
  if (descriptor < 0) {
    return Error{ErrorKind::cannot_create, "cannot create " + printable(path) +
                                               ": " + std::strerror(errno)};
  }
  return FileSink(descriptor, path);
}

FileSink::FileSink(FileSink&& other) noexcept
    : descriptor_(other.descriptor_), path_(std::move(other.path_)) {
  other.descriptor_ = -1;
}

FileSink::~FileSink() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> FileSink::write(std::string_view octets) {
  return write_fully(descriptor_, octets, path_);
}

Result<void> StderrSink::write(std::string_view octets) {
  return write_fully(STDERR_FILENO, octets, "stderr");
}

}  // namespace mailtool::app
