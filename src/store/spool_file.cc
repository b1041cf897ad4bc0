#include "mailtool/store/spool_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;

}  // namespace

Result<SpoolFile> SpoolFile::create(const std::string& folder) {
#ifdef O_TMPFILE
  const int nameless =
      sys_open(AT_FDCWD, folder.c_str(), O_RDWR | O_TMPFILE, 0600);
  if (nameless >= 0) return SpoolFile(folder, nameless);
#endif
  // File systems that cannot: a name for a moment.
  const auto path = folder + "/.spool." + std::to_string(::getpid());
  (void)sys_unlink(AT_FDCWD, path.c_str());
  const int named = sys_open(AT_FDCWD, path.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (named < 0) {
    return system_error("create", path, errno, ErrorKind::cannot_create);
  }
  (void)sys_unlink(AT_FDCWD, path.c_str());
  return SpoolFile(folder, named);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      buffer_(std::move(other.buffer_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

SpoolFile::~SpoolFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> SpoolFile::drain() {
  const bool written = sys_write_all(descriptor_, buffer_);
  buffer_.clear();
  if (!written) return system_error("write to a spool file in", folder_, errno);
  return {};
}

Result<void> SpoolFile::write(std::string_view octets) {
  buffer_ += octets;
  return buffer_.size() < kBufferOctets ? Result<void>{} : drain();
}

Result<void> SpoolFile::rewind() {
  if (auto drained = drain(); !drained) return drained;
  if (::lseek(descriptor_, 0, SEEK_SET) < 0) {
    return system_error("read a spool file in", folder_, errno);
  }
  return {};
}

Result<std::size_t> SpoolFile::read_some(std::span<char> into) {
  for (;;) {
    const auto count = ::read(descriptor_, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) {
      return system_error("read a spool file in", folder_, errno);
    }
  }
}

Result<void> SpoolFile::clear() {
  buffer_.clear();
  if (sys_truncate(descriptor_, 0) != 0 ||
      ::lseek(descriptor_, 0, SEEK_SET) < 0) {
    return system_error("empty a spool file in", folder_, errno);
  }
  return {};
}

}  // namespace mailtool::store
