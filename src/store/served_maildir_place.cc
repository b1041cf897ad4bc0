// Whether the folder of a ServedMaildir is still the one that was opened.

#include <sys/stat.h>

#include <cerrno>

#include "mailtool/store/served_maildir.h"

namespace mailtool::store {
namespace {

// None of them but the first can be made anew with the same number: they are open.
constexpr std::array<const char*, 5> kParts{"", "/new", "/cur", "/tmp", "/lock"};

}  // namespace

bool ServedMaildir::can_be(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return false;
  }
  for (const char* part : {"/new", "/cur", "/tmp"}) {
    const bool there = ::lstat((path + part).c_str(), &status) == 0;
    if (there && !S_ISDIR(status.st_mode)) return false;
  }
  return true;
}

void ServedMaildir::note_place() {
  place_.emplace();
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    struct stat status {};
    (void)::lstat((path_ + kParts[i]).c_str(), &status);
    (*place_)[i] = {status.st_dev, status.st_ino};
  }
}

// What cannot be looked at is taken for what it was: that is no sign of another.
bool ServedMaildir::is_in_place() const {
  if (!lock_) return false;
  if (!place_) return true;
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    struct stat status {};
    if (::lstat((path_ + kParts[i]).c_str(), &status) != 0) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return false;
      continue;
    }
    const std::pair<std::uint64_t, std::uint64_t> found{status.st_dev,
                                                        status.st_ino};
    if (found != (*place_)[i]) return false;
  }
  return true;
}

void ServedMaildir::abandon() {
  lock_.reset();
  files_.reset();
  batch_.clear();
  stage_ = Stage::none;
  arrivals_.clear();
  removed_ = false;
}

// Before something is written by its path, which may lead elsewhere.
Result<void> ServedMaildir::check() {
  if (is_in_place()) return {};
  abandon();
  return Error{ErrorKind::no_such_item, "gone", path_};
}

}  // namespace mailtool::store
