// A ServedMaildir whose folder gets another name, or another UIDVALIDITY.

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "mailtool/store/served_maildir.h"
#include "store/served_state.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

// SECONDS.VuidvalidityUuid…: with another UIDVALIDITY.
std::string renumbered(std::string name, std::uint32_t uidvalidity) {
  const auto begin = name.find('.') + 2;
  return name.replace(begin, name.find('U', begin) - begin,
                      std::to_string(uidvalidity));
}

}  // namespace

Result<std::optional<std::uint32_t>> ServedMaildir::uidvalidity_at(
    const std::string& path) {
  const auto state = read_served(path + "/served");
  if (!state) return state.error();
  if (!*state) return std::optional<std::uint32_t>();
  return std::optional((*state)->uidvalidity);
}

Result<void> ServedMaildir::renumber_at(const std::string& path,
                                        std::uint32_t uidvalidity) {
  const auto lock =
      LockFile::acquire(path + "/lock", std::chrono::milliseconds(0));
  if (!lock) return lock.error();
  auto state = read_served(path + "/served");
  if (!state) return std::move(state).error();
  if (!*state) return Error{ErrorKind::no_such_item, "gone", path};
  (*state)->uidvalidity = uidvalidity;
  return write_served(path + "/served", **state);
}

// Neither is renamed what may be many files, nor is there a moment at which some
// have the one and some the other.
Result<void> ServedMaildir::renumber(std::uint32_t uidvalidity) {
  const auto before = std::exchange(uidvalidity_, uidvalidity);
  auto wrote = write_state(reserved_, reserved_modseq_);
  if (!wrote) uidvalidity_ = before;
  return wrote;
}

// The lock goes with its file.
Result<void> ServedMaildir::move_to(const std::string& path) {
  if (auto synced = sync(); !synced) return synced;
  if (sys_rename_new(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str()) != 0) {
    return system_error("rename", path_, errno);
  }
  auto files = MirrorMaildir::open(path, in_names_);
  if (!files) {
    (void)sys_rename_new(AT_FDCWD, path.c_str(), AT_FDCWD, path_.c_str());
    return std::move(files).error();
  }
  files_ = *std::move(files);
  path_ = path;
  looked_.reset();
  return {};
}

Result<std::size_t> ServedMaildir::move_messages(const std::string& folder,
                                                 std::uint32_t uidvalidity,
                                                 std::uint32_t below,
                                                 std::size_t most) {
  if (auto here = check(); !here) return std::move(here).error();
  std::optional<Error> failed;
  std::size_t moved = 0;
  auto at = messages_.begin();
  for (; at != messages_.end() && at->uid < below && most > 0; ++at, --most) {
    const auto from = path_of(*at);
    const auto to = folder + (at->in_new ? "/new/" : "/cur/") +
                    renumbered(at->name, uidvalidity);
    if (sys_rename_new(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str()) == 0) {
      ++moved;
    } else if (errno != ENOENT) {
      failed = system_error("rename", from, errno);
      break;
    }
  }
  const bool any = at != messages_.begin();
  messages_.erase(messages_.begin(), at);
  if (any) (void)new_modseq();
  if (failed) return *std::move(failed);
  return moved;
}

}  // namespace mailtool::store
