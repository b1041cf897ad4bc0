/// \file
/// LockFile: one run at a time, across processes and crashes.
#pragma once

#include <chrono>
#include <string>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// An exclusive flock on a file that is never renamed nor removed, so that all
/// who lock it lock the same one. The kernel drops it with the process,
/// whatever ended that. The file names the holder's process id, for people.
class LockFile {
 public:
  /// Creates `path` (mode 0600; its folder must exist) and locks it, waiting
  /// up to `wait`. Fails with busy when another holds it, with interrupted
  /// once `stop_fd` (-1: none) is readable, with cannot_create or local_io.
  static Result<LockFile> acquire(const std::string& path,
                                  std::chrono::milliseconds wait,
                                  int stop_fd = -1);
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace mailtool::store
