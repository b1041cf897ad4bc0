#include "mailtool/store/folder.h"

#include <sys/stat.h>

#include <cerrno>

#include "store/system.h"

namespace mailtool::store {

Result<void> create_folder(const std::string& path) {
  struct stat there;
  if (::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode)) return {};
  std::string made;
  for (std::size_t end = 0; end != path.npos;) {
    end = path.find('/', end + 1);
    const auto part = path.substr(0, end);
    if (part.empty() || part == "/") continue;
    if (sys_mkdir(part.c_str(), 0700) == 0) {
      const auto slash = part.rfind('/');
      const auto above = slash == part.npos ? "."
                         : slash == 0       ? "/"
                                            : part.substr(0, slash);
      if (auto synced = sync_directory(above); !synced) return synced;
    } else if (errno != EEXIST) {
      // What stands above may be closed to us and still lead to our folder.
      const int error = errno;
      struct stat found;
      if (::stat(part.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) continue;
      return system_error("create", part, error, ErrorKind::cannot_create);
    }
  }
  struct stat found;
  if (::stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    return system_error("create", path, ENOTDIR, ErrorKind::cannot_create);
  }
  return {};
}

}  // namespace mailtool::store
