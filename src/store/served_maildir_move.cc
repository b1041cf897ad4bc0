// A ServedMaildir whose folder gets another name.

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "mailtool/store/served_maildir.h"
#include "store/system.h"

namespace mailtool::store {

// The lock goes with its file.
Result<void> ServedMaildir::move_to(const std::string& path) {
  if (auto synced = sync(); !synced) return synced;
  if (sys_rename_new(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str()) != 0) {
    return system_error("rename", path_, errno);
  }
  auto files = MirrorMaildir::open(path, uidvalidity_);
  if (!files) {
    (void)sys_rename_new(AT_FDCWD, path.c_str(), AT_FDCWD, path_.c_str());
    return std::move(files).error();
  }
  files_ = *std::move(files);
  path_ = path;
  looked_.reset();
  return {};
}

}  // namespace mailtool::store
