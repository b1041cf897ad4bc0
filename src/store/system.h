/// \file
/// The system calls that durability hangs on, in one place, so that a test can
/// make each of them fail, or be the last one before a crash.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// Asked before each call below, by its name, in whatever thread makes it.
/// Returns 0 to go on, else the errno to fail with. For tests alone; set it
/// while there is one thread.
using FaultHook = int (*)(const char* call);
void set_fault_hook(FaultHook hook);

/// As the calls of the same name, with EINTR dealt with; -1 and errno on
/// failure. `directory` may be AT_FDCWD. Descriptors close on exec.
int sys_open(int directory, const char* path, int flags, mode_t mode);
int sys_mkdir(const char* path, mode_t mode);
int sys_fsync(int descriptor);
int sys_fdatasync(int descriptor);
/// All of the file system that `descriptor` is on.
int sys_syncfs(int descriptor);
int sys_unlink(int directory, const char* path);
int sys_truncate(int descriptor, off_t octets);
/// Room for `octets` from the start of a file, whose size stays as it is.
/// Where the file system cannot promise any, nothing happens.
int sys_reserve(int descriptor, off_t octets);
/// Replaces what is at `to`.
int sys_rename(const char* from, const char* to);
/// Fails with EEXIST instead of replacing.
int sys_rename_new(int from_directory, const char* from, int to_directory,
                   const char* to);
/// Another name for a file. Fails with EEXIST instead of replacing.
int sys_link(const char* from, const char* to);
/// The time of the last change, in seconds since 1970.
int sys_set_modified(int descriptor, std::int64_t seconds);
/// Starts writing to the disk what fsync will wait for. A hint: never fails.
void sys_start_writeback(int descriptor);
/// All of `octets`, or failure.
bool sys_write_all(int descriptor, std::string_view octets);

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool valid() const { return value_ >= 0; }
  int release();
  void reset();

 private:
  int value_;
};

/// The Error of a failed call: "cannot write PATH: No space left on device".
/// The kind is system when descriptors or memory ran out, local_io when the
/// disk is full or broken, else `otherwise`.
[[nodiscard]] Error system_error(std::string_view doing, std::string_view path,
                                 int error,
                                 ErrorKind otherwise = ErrorKind::local_io);

/// Opens a file of our own: a regular one, no link, and without waiting for
/// anybody. Where there is none, and `flags` make none, the Descriptor is not
/// valid. Fails as system_error(), or with `otherwise` where something else is
/// there. `directory`: what a relative path begins at.
Result<Descriptor> open_regular(std::string_view doing, const std::string& path,
                                int flags,
                                ErrorKind otherwise = ErrorKind::local_io,
                                int directory = AT_FDCWD);

/// All of a small file of our own, which is opened as open_regular() does; nullopt:
/// there is none. Fails with config, and `path` as the step, where something else is
/// there, or it is longer than `most` octets; else as system_error().
Result<std::optional<std::string>> read_regular(const std::string& path,
                                                std::size_t most);

/// Makes what was created, renamed or removed in `path` durable.
Result<void> sync_directory(const std::string& path);

}  // namespace mailtool::store
