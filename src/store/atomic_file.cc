#include "mailtool/store/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<AtomicFile> AtomicFile::create(std::string path) {
  // One name: whoever writes `path` holds its lock, and what a crash left
  // behind is removed here.
  auto temporary = path + ".tmp";
  (void)sys_unlink(AT_FDCWD, temporary.c_str());
  const int descriptor =
      sys_open(AT_FDCWD, temporary.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return system_error("create", temporary, errno, ErrorKind::cannot_create);
  }
  return AtomicFile(std::move(path), std::move(temporary), descriptor);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      octets_(other.octets_),
      reserved_(other.reserved_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) (void)sys_unlink(AT_FDCWD, temporary_.c_str());
}

Result<void> AtomicFile::drain() {
  if (!sys_write_all(descriptor_, buffer_)) {
    return system_error("write", temporary_, errno);
  }
  buffer_.clear();
  return {};
}

Result<void> AtomicFile::reserve(std::uint64_t octets) {
  if (sys_reserve(descriptor_, static_cast<off_t>(octets)) != 0) {
    return system_error("make room for", path_, errno);
  }
  reserved_ = true;
  return {};
}

Result<void> AtomicFile::write(std::string_view octets) {
  buffer_ += octets;
  octets_ += octets.size();
  return buffer_.size() < kBufferOctets ? Result<void>{} : drain();
}

Result<void> AtomicFile::commit() {
  if (auto drained = drain(); !drained) return drained;
  // Gives back the room that was not needed; that it is kept harms nobody.
  if (reserved_) (void)sys_truncate(descriptor_, static_cast<off_t>(octets_));
  if (sys_fsync(descriptor_) != 0) {
    return system_error("sync", temporary_, errno);
  }
  if (sys_rename(temporary_.c_str(), path_.c_str()) != 0) {
    return system_error("replace", path_, errno);
  }
  temporary_.clear();
  return sync_directory(folder_of(path_));
}

}  // namespace mailtool::store
