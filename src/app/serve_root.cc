#include "app/serve_root.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "mailtool/base/printable.h"
#include "mailtool/store/folder.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

Result<std::string> new_temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  const std::string where =
      folder != nullptr && folder[0] == '/' ? folder : "/tmp";
  auto path = where + "/mailtool-serve-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return store::system_error("create", path, errno, ErrorKind::cannot_create);
  }
  return path;
}

}  // namespace

Result<void> ServeRoot::prepare() {
  if (auto made = store::create_folder(folder_); !made) return made;
  auto lock = store::LockFile::acquire(folder_ + "/lock", {});
  if (!lock && lock.error().kind == ErrorKind::busy) {
    return std::move(lock).error().with_hint(
        "another folder for this one: --root DIR");
  }
  if (!lock) return std::move(lock).error();
  lock_ = *std::move(lock);
  if (auto made = store::create_folder(mail()); !made) return made;
  return store::create_folder(temporary());
}

Result<ServeRoot> ServeRoot::open(const std::string& folder) {
  auto path = folder.empty() ? new_temporary_folder() : Result(folder);
  if (!path) return std::move(path).error();
  ServeRoot root(*std::move(path), folder.empty());
  if (auto ready = root.prepare(); !ready) return std::move(ready).error();
  return root;
}

ServeRoot::ServeRoot(ServeRoot&& other) noexcept
    : folder_(std::move(other.folder_)),
      is_temporary_(std::exchange(other.is_temporary_, false)),
      lock_(std::move(other.lock_)) {
  other.lock_.reset();
}

ServeRoot::~ServeRoot() {
  if (!is_temporary_) return;
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

}  // namespace mailtool::app
