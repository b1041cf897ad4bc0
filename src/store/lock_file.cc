#include "mailtool/store/lock_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "mailtool/base/ascii.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPause{50};

// The process id in the file; empty when there is none yet.
std::string holder(int descriptor) {
  std::array<char, 24> text{};
  const auto count = ::pread(descriptor, text.data(), text.size(), 0);
  std::string digits;
  for (ssize_t i = 0; i < count; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (!is_digit(c)) break;
    digits += c;
  }
  return digits;
}

bool stopped_within(std::chrono::milliseconds pause, int stop_fd) {
  pollfd stop{stop_fd, POLLIN, 0};
  return ::poll(&stop, stop_fd >= 0 ? 1 : 0, static_cast<int>(pause.count())) >
         0;
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path,
                                   std::chrono::milliseconds wait,
                                   int stop_fd) {
  auto opened = open_regular("create", path, O_RDWR | O_CREAT,
                             ErrorKind::cannot_create);
  if (!opened) return std::move(opened).error();
  auto file = *std::move(opened);
  const auto until = Clock::now() + wait;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return system_error("lock", path, errno);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - Clock::now());
    if (left.count() <= 0) {
      const auto pid = holder(file.get());
      return Error{ErrorKind::busy,
                   "another run" +
                       (pid.empty() ? "" : ", process " + pid + ",") +
                       " holds the lock " + path};
    }
    if (stopped_within(std::min(left, kPause), stop_fd)) {
      return Error{ErrorKind::interrupted,
                   "interrupted while waiting for " + path};
    }
  }
  // For people only: no harm if it cannot be written. Whoever locks many files,
  // one after the other, changes none that it had before.
  const auto pid = std::to_string(::getpid());
  if (holder(file.get()) != pid && sys_truncate(file.get(), 0) == 0) {
    (void)sys_write_all(file.get(), pid + "\n");
  }
  return LockFile(file.release());
}

LockFile::LockFile(LockFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace mailtool::store
