#include "store/mbox_lock.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "store/file_naming.h"

namespace mailtool::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{50};
// Locks of others that name no host, or nobody: how old they must be before
// they are broken.
constexpr time_t kDeadSeconds = 60;
constexpr time_t kNamelessSeconds = 5 * 60;

enum class Locked { yes, busy, impossible };

Error no_mbox(const std::string& path, std::string_view why) {
  return Error{ErrorKind::cannot_create,
               printable(path) + " cannot be an mbox: " + std::string(why)};
}

Result<void> check(const std::string& path, const struct stat& found) {
  if (S_ISDIR(found.st_mode)) return no_mbox(path, "it is a folder");
  if (!S_ISREG(found.st_mode)) return no_mbox(path, "it is no regular file");
  if (found.st_nlink > 1) return no_mbox(path, "it has other names (links)");
  return {};
}

// PATH.lock of somebody: the process, and the host where it is told.
bool is_dead(const std::string& dotlock, const std::string& host,
             ino_t& inode) {
  const Descriptor file(sys_open(AT_FDCWD, dotlock.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0));
  struct stat found;
  if (!file.valid() || ::fstat(file.get(), &found) != 0) return false;
  inode = found.st_ino;
  std::array<char, 256> text{};
  const auto count = ::read(file.get(), text.data(), text.size());
  const auto age = ::time(nullptr) - found.st_mtime;
  const auto lines = split(
      {text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))},
      '\n');
  const auto pid =
      lines.empty() ? std::nullopt : parse_number(trim(lines[0]), INT32_MAX);
  if (!pid || *pid == 0) return age > kNamelessSeconds;
  // Had a living thread of ours made it, it would hold the fcntl lock too.
  const auto process = static_cast<pid_t>(*pid);
  const bool gone =
      process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
  const bool names_host = lines.size() > 1 && !lines[1].empty();
  if (names_host) return gone && lines[1] == host;
  return gone && age > kDeadSeconds;
}

// Moved aside first: whoever has made a new one in between gets it back.
void break_lock(const std::string& dotlock, const std::string& host,
                ino_t inode) {
  const auto aside = temporary_name(dotlock + ".", host);
  if (sys_rename_new(AT_FDCWD, dotlock.c_str(), AT_FDCWD, aside.c_str()) != 0) {
    return;
  }
  struct stat found;
  const bool same =
      ::lstat(aside.c_str(), &found) == 0 && found.st_ino == inode;
  if (!same &&
      sys_rename_new(AT_FDCWD, aside.c_str(), AT_FDCWD, dotlock.c_str()) == 0) {
    return;
  }
  (void)sys_unlink(AT_FDCWD, aside.c_str());
}

// Written before it has its name: there is no lock that names nobody.
Locked make_dotlock(const std::string& dotlock, const std::string& host) {
  const auto temporary = temporary_name(dotlock + ".", host);
  const Descriptor file(sys_open(AT_FDCWD, temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                                 0644));
  if (!file.valid()) return Locked::impossible;
  const auto text = std::to_string(::getpid()) + "\n" + host + "\n";
  bool made = false;
  if (sys_write_all(file.get(), text)) {
    made = sys_rename_new(AT_FDCWD, temporary.c_str(), AT_FDCWD,
                          dotlock.c_str()) == 0;
  }
  const int error = errno;
  if (made) return Locked::yes;
  (void)sys_unlink(AT_FDCWD, temporary.c_str());
  return error == EEXIST ? Locked::busy : Locked::impossible;
}

Locked take_dotlock(const std::string& dotlock, const std::string& host) {
  const auto made = make_dotlock(dotlock, host);
  if (made != Locked::busy) return made;
  ino_t inode = 0;
  if (!is_dead(dotlock, host, inode)) return Locked::busy;
  break_lock(dotlock, host, inode);
  return make_dotlock(dotlock, host);
}

// Of the open file description, so that threads of one process exclude each
// other, and closing another descriptor of the file does not let it go.
Result<Locked> take_fcntl_lock(int descriptor, const std::string& path) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES || errno == EINTR) {
      return Locked::busy;
    }
    return system_error("lock", path, errno);
  }
  // A mail reader may have put a new file in its place meanwhile.
  struct stat ours;
  struct stat named;
  const bool same = ::fstat(descriptor, &ours) == 0 &&
                    ::stat(path.c_str(), &named) == 0 &&
                    ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
  return same ? Locked::yes : Locked::busy;
}

// Messages are not appended to what is somebody's text.
Result<void> check_first_line(const std::string& path, int file) {
  constexpr std::string_view kFrom = "From ";
  char first[kFrom.size()];
  const auto count = ::pread(file, first, sizeof first, 0);
  if (count <= 0) return {};
  const auto octets = static_cast<std::size_t>(count);
  if (std::string_view(first, octets) == kFrom.substr(0, octets)) return {};
  if (first[0] == '\n') return {};  // as some readers leave an empty one
  return no_mbox(path, "it does not begin with a From line");
}

Result<Descriptor> open_mbox(const std::string& path) {
  Descriptor file(sys_open(
      AT_FDCWD, path.c_str(),
      O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600));
  struct stat found;
  if (!file.valid() || ::fstat(file.get(), &found) != 0) {
    return system_error("open", path, errno, ErrorKind::cannot_create);
  }
  if (auto fine = check(path, found); !fine) return std::move(fine).error();
  if (auto fine = check_first_line(path, file.get()); !fine) {
    return std::move(fine).error();
  }
  return file;
}

}  // namespace

Result<void> check_mbox(const std::string& path) {
  struct stat found;
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (auto fine = check(path, found); !fine) return fine;
  if (::access(path.c_str(), W_OK) != 0) {
    return system_error("write", path, errno, ErrorKind::cannot_create);
  }
  const Descriptor file(sys_open(AT_FDCWD, path.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
                                 0));
  return file.valid() ? check_first_line(path, file.get()) : Result<void>();
}

Result<MboxLock> MboxLock::acquire(const std::string& path,
                                   std::chrono::milliseconds wait,
                                   int stop_fd) {
  const auto host = host_in_names();
  const auto dotlock = path + ".lock";
  const auto until = Clock::now() + wait;
  for (;;) {
    auto file = open_mbox(path);
    if (!file) return std::move(file).error();
    const auto locked = take_fcntl_lock(file->get(), path);
    if (!locked) return locked.error();
    const bool by_file = *locked == Locked::yes;
    if (by_file) {
      const auto dotlocked = take_dotlock(dotlock, host);
      if (dotlocked != Locked::busy) {
        return MboxLock(*std::move(file),
                        dotlocked == Locked::yes ? dotlock : "");
      }
    }
    // Neither lock is held while waiting for the other.
    *file = Descriptor();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - Clock::now());
    if (left.count() <= 0) {
      Error busy{ErrorKind::busy,
                 "another program holds the lock of " + printable(path)};
      if (!by_file) return busy;
      return std::move(busy).with_hint("if none does, remove " +
                                       printable(dotlock));
    }
    pollfd stop{stop_fd, POLLIN, 0};
    const auto pause = static_cast<int>(std::min(left, kPause).count());
    if (::poll(&stop, stop_fd >= 0 ? 1 : 0, pause) > 0) {
      return Error{
          ErrorKind::interrupted,
          "interrupted while waiting for the lock of " + printable(path)};
    }
  }
}

MboxLock::~MboxLock() {
  if (file_.valid() && !dotlock_.empty()) {
    (void)sys_unlink(AT_FDCWD, dotlock_.c_str());
  }
}

}  // namespace mailtool::store
