/// \file
/// MboxLock: an mbox opened and locked against all who append to it or rewrite
/// it.
#pragma once

#include <chrono>
#include <string>

#include "store/system.h"

namespace mailtool::store {

/// An fcntl lock on the file, of its open file description, and PATH.lock
/// beside it. Where the folder lets us make no file, as /var/mail often does,
/// the fcntl lock has to do. PATH.lock names our process and host; one whose
/// process is dead is broken.
class MboxLock {
 public:
  /// Opens `path`, created with mode 0600 where absent, and locks it, waiting
  /// up to `wait`. Fails with busy, interrupted (`stop_fd`, -1: none, became
  /// readable), cannot_create (it is no regular file, is linked to from
  /// elsewhere, or may not be written), local_io or system.
  static Result<MboxLock> acquire(const std::string& path,
                                  std::chrono::milliseconds wait, int stop_fd);
  MboxLock(MboxLock&&) noexcept = default;
  MboxLock& operator=(MboxLock&&) = delete;
  ~MboxLock();

  /// Open for reading, and for writing at the end.
  [[nodiscard]] int descriptor() const { return file_.get(); }

 private:
  MboxLock(Descriptor file, std::string dotlock)
      : file_(std::move(file)), dotlock_(std::move(dotlock)) {}

  Descriptor file_;
  std::string dotlock_;  // path of it; empty where there is none
};

/// That `path`, where there is something, is a regular file that nothing else
/// links to, that may be written, and that is empty or begins with a From
/// line. Fails with cannot_create.
Result<void> check_mbox(const std::string& path);

}  // namespace mailtool::store
