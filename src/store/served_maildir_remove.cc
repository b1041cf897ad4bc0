// How messages of a ServedMaildir are removed.

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "mailtool/store/disposal.h"
#include "mailtool/store/served_maildir.h"
#include "store/system.h"

namespace mailtool::store {

// Into tmp, which takes no time; where that cannot be, as on a full disk, at once.
// False where the file is not there.
Result<bool> ServedMaildir::remove_file(const ServedMessage& message) {
  const auto from = path_of(message);
  const auto to = path_ + "/tmp/" + std::string(Disposal::kPrefix) +
                  std::to_string(uidvalidity_) + "." +
                  std::to_string(message.uid);
  if (sys_rename(from.c_str(), to.c_str()) == 0) {
    removed_ = true;
    new_changed_ = new_changed_ || message.in_new;
    return true;
  }
  if (errno == ENOENT) return false;
  return files_->remove(message.in_new, message.name);
}

// Those whose file is not under its name stay, and are added to `elsewhere`.
std::size_t ServedMaildir::remove_named(std::span<const std::uint32_t> uids,
                                        std::vector<std::uint32_t>& elsewhere,
                                        std::optional<Error>& failed) {
  std::size_t removed = 0;
  std::erase_if(messages_, [&](const ServedMessage& one) {
    while (!uids.empty() && uids.front() < one.uid) uids = uids.subspan(1);
    if (failed || uids.empty() || uids.front() != one.uid) return false;
    auto done = remove_file(one);
    if (!done) {
      failed = std::move(done).error();
    } else if (*done) {
      ++removed;
    } else {
      elsewhere.push_back(one.uid);
    }
    return done && *done;
  });
  return removed;
}

Result<std::size_t> ServedMaildir::remove(std::span<const std::uint32_t> uids) {
  if (auto here = check(); !here) return std::move(here).error();
  std::optional<Error> failed;
  std::vector<std::uint32_t> elsewhere;
  auto removed = remove_named(uids, elsewhere, failed);
  if (!failed && !elsewhere.empty()) {
    // Another program has renamed or removed them.
    if (auto found = find_again(); !found) return std::move(found).error();
    std::vector<std::uint32_t> again;
    removed += remove_named(elsewhere, again, failed);
    if (!failed && !again.empty()) {
      failed = Error{ErrorKind::local_io, "another program renames it", path_};
    }
  }
  if (removed > 0) (void)new_modseq();
  if (failed) return *std::move(failed);
  return removed;
}

std::string ServedMaildir::take_removed() {
  const bool any = std::exchange(removed_, false);
  return any && is_in_place() ? path_ + "/tmp" : std::string();
}

// What a crash has left there.
void ServedMaildir::clear_tmp() {
  DIR* folder = ::opendir((path_ + "/tmp").c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name(entry->d_name);
    if (name.starts_with(Disposal::kPrefix)) removed_ = true;
    if (name.starts_with(kLinked)) {
      (void)sys_unlink(::dirfd(folder), entry->d_name);
    }
  }
  ::closedir(folder);
}

}  // namespace mailtool::store
