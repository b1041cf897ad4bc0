#include "store/system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "mailtool/base/printable.h"

namespace mailtool::store {
namespace {

FaultHook fault_hook = nullptr;

bool faulty(const char* call) {
  if (fault_hook == nullptr) return false;
  const int error = fault_hook(call);
  if (error == 0) return false;
  errno = error;
  return true;
}

template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

void set_fault_hook(FaultHook hook) { fault_hook = hook; }

int sys_open(int directory, const char* path, int flags, mode_t mode) {
  if (faulty("open")) return -1;
  return uninterrupted(
      [&] { return ::openat(directory, path, flags | O_CLOEXEC, mode); });
}

int sys_mkdir(const char* path, mode_t mode) {
  return faulty("mkdir") ? -1 : ::mkdir(path, mode);
}

// Never again after a failure: the kernel may have dropped the pages, and a
// second fsync that succeeds proves nothing.
int sys_fsync(int descriptor) {
  return faulty("fsync") ? -1 : ::fsync(descriptor);
}

int sys_fdatasync(int descriptor) {
  return faulty("fdatasync") ? -1 : ::fdatasync(descriptor);
}

int sys_syncfs(int descriptor) {
  return faulty("syncfs") ? -1 : ::syncfs(descriptor);
}

int sys_reserve(int descriptor, off_t octets) {
  if (faulty("reserve")) return -1;
  const auto done = uninterrupted(
      [&] { return ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, octets); });
  return done != 0 && errno == EOPNOTSUPP ? 0 : done;
}

int sys_unlink(int directory, const char* path) {
  return faulty("unlink") ? -1 : ::unlinkat(directory, path, 0);
}

int sys_truncate(int descriptor, off_t octets) {
  if (faulty("truncate")) return -1;
  return uninterrupted([&] { return ::ftruncate(descriptor, octets); });
}

int sys_rename(const char* from, const char* to) {
  return faulty("rename") ? -1 : ::rename(from, to);
}

int sys_link(const char* from, const char* to) {
  return faulty("link") ? -1 : ::link(from, to);
}

int sys_rename_new(int from_directory, const char* from, int to_directory,
                   const char* to) {
  if (faulty("rename_new")) return -1;
#ifdef RENAME_NOREPLACE
  if (::renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE) ==
      0) {
    return 0;
  }
  if (errno != EINVAL && errno != ENOSYS) return -1;
#endif
  // File systems that know no such rename know link.
  if (::linkat(from_directory, from, to_directory, to, 0) != 0) return -1;
  return ::unlinkat(from_directory, from, 0);
}

int sys_set_modified(int descriptor, std::int64_t seconds) {
  if (faulty("set_modified")) return -1;
  const timespec times[2] = {{0, UTIME_OMIT},
                             {static_cast<time_t>(seconds), 0}};
  return ::futimens(descriptor, times);
}

void sys_start_writeback(int descriptor) {
#ifdef SYNC_FILE_RANGE_WRITE
  (void)::sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
  (void)descriptor;
#endif
}

bool sys_write_all(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    if (faulty("write")) return false;
    const auto count = uninterrupted(
        [&] { return ::write(descriptor, octets.data(), octets.size()); });
    if (count < 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    value_ = other.release();
  }
  return *this;
}

int Descriptor::release() {
  const int value = value_;
  value_ = -1;
  return value;
}

void Descriptor::reset() {
  if (value_ >= 0) ::close(value_);
  value_ = -1;
}

Error system_error(std::string_view doing, std::string_view path, int error,
                   ErrorKind otherwise) {
  ErrorKind kind = otherwise;
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM: kind = ErrorKind::system; break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO: kind = ErrorKind::local_io; break;
    default: break;
  }
  return Error{kind, "cannot " + std::string(doing) + " " + printable(path) +
                         ": " + std::strerror(error)};
}

Result<Descriptor> open_regular(std::string_view doing, const std::string& path,
                                int flags, ErrorKind otherwise,
                                int directory) {
  Descriptor file(sys_open(directory, path.c_str(),
                           flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600));
  const int error = errno;
  struct stat found;
  const bool there = file.valid() ? ::fstat(file.get(), &found) == 0
                                  : ::fstatat(directory, path.c_str(), &found,
                                              AT_SYMLINK_NOFOLLOW) == 0;
  if (there && !S_ISREG(found.st_mode)) {
    return Error{otherwise, "no regular file", printable(path)}.with_hint(
        "remove it");
  }
  const bool absent = error == ENOENT && (flags & O_CREAT) == 0;
  if (file.valid() || absent) return file;
  return system_error(doing, path, error, otherwise);
}

Result<std::optional<std::string>> read_regular(const std::string& path,
                                                std::size_t most) {
  auto file = open_regular("open", path, O_RDONLY, ErrorKind::config);
  if (!file) return std::move(file).error().at(path);
  if (!file->valid()) return std::optional<std::string>();
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const auto count = ::read(file->get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", path, errno);
    if (count == 0) return std::optional(std::move(text));
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most) {
      return Error{ErrorKind::config, "not what was written there", path};
    }
  }
}

Result<void> sync_directory(const std::string& path) {
  const Descriptor directory(
      sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY, 0));
  if (!directory.valid()) return system_error("open", path, errno);
  if (sys_fsync(directory.get()) != 0) {
    return system_error("sync", path, errno);
  }
  return {};
}

}  // namespace mailtool::store
