#include "mailtool/store/mirror_maildir.h"

#include <dirent.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mailtool/base/ascii.h"
#include "mailtool/store/folder.h"
#include "store/file_naming.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::string_view kInfo = ":2,";

std::string_view without_flags(std::string_view name) {
  return name.substr(0, name.rfind(kInfo));
}

std::optional<DeliveryKey> no_key(std::string_view) { return std::nullopt; }

// Within one run a UID is its own key.
DeliveryKey key_of(std::uint32_t uid) {
  DeliveryKey key{};
  for (std::size_t i = 0; i < 4; ++i) {
    key[i] = static_cast<std::uint8_t>(uid >> (8 * i));
  }
  return key;
}

Result<void> read_folder(
    const std::string& path,
    const std::function<void(std::string_view name)>& take) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return system_error("read", path, errno);
  errno = 0;
  while (const dirent* entry = ::readdir(folder)) {
    take(entry->d_name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(folder);
  return error == 0 ? Result<void>() : system_error("read", path, error);
}

}  // namespace

std::optional<MirrorName> parse_mirror_name(std::string_view name) {
  const auto first = name.find('.');
  if (first == name.npos || first + 1 == name.size()) return std::nullopt;
  const auto second = name.find('.', first + 1);
  if (second == name.npos || name[first + 1] != 'V') return std::nullopt;
  const auto numbers = name.substr(first + 2, second - first - 2);
  const auto split = numbers.find('U');
  if (split == numbers.npos) return std::nullopt;
  const auto uidvalidity = parse_number(numbers.substr(0, split), UINT32_MAX);
  const auto uid = parse_number(numbers.substr(split + 1), UINT32_MAX);
  if (!uidvalidity || !uid || *uid == 0) return std::nullopt;
  return MirrorName{static_cast<std::uint32_t>(*uidvalidity),
                    static_cast<std::uint32_t>(*uid)};
}

Result<std::unique_ptr<MirrorMaildir>> MirrorMaildir::open(
    const std::string& path, std::uint32_t uidvalidity) {
  for (const char* folder : {"/tmp", "/new", "/cur"}) {
    if (auto made = create_folder(path + folder); !made) {
      return std::move(made).error();
    }
  }
  std::unique_ptr<MirrorMaildir> mirror(new MirrorMaildir(path, uidvalidity));
  mirror->host_ = host_in_names();
  const auto open_one = [&](const char* folder, int& descriptor) {
    const auto name = path + folder;
    descriptor = sys_open(AT_FDCWD, name.c_str(), O_RDONLY | O_DIRECTORY, 0);
    return descriptor >= 0 ? Result<void>{} : system_error("open", name, errno);
  };
  if (auto opened = open_one("/new", mirror->new_); !opened) {
    return std::move(opened).error();
  }
  if (auto opened = open_one("/cur", mirror->cur_); !opened) {
    return std::move(opened).error();
  }
  FolderLayout layout;
  layout.writing = path + "/tmp";
  layout.prefix = "mailtool.";
  layout.delivered = path + "/cur";
  layout.key_in = no_key;
  auto files = MessageFiles::open(std::move(layout));
  if (!files) return std::move(files).error();
  mirror->files_ = *std::move(files);
  return mirror;
}

MirrorMaildir::~MirrorMaildir() {
  if (new_ >= 0) ::close(new_);
  if (cur_ >= 0) ::close(cur_);
}

Result<void> MirrorMaildir::end_message(std::uint32_t uid,
                                        std::optional<std::int64_t> date,
                                        std::string_view flags) {
  FilePlace place;
  place.name = std::to_string(std::max<std::int64_t>(
                   0, date.value_or(::time(nullptr)))) + ".V" +
               std::to_string(uidvalidity_) + "U" + std::to_string(uid) + "." +
               host_ + std::string(kInfo) + std::string(flags);
  place.modified = date;
  return files_->end(key_of(uid), std::move(place));
}

Result<void> MirrorMaildir::for_each(
    const std::string& path, std::uint32_t uidvalidity,
    const std::function<void(const File&)>& take) {
  // A mail reader may move a file from new to cur meanwhile, and must not slip
  // through between.
  for (const bool in_new : {true, false}) {
    const auto folder = path + (in_new ? "/new" : "/cur");
    auto read = read_folder(folder, [&](std::string_view name) {
      const auto parsed = parse_mirror_name(name);
      if (!parsed || parsed->uidvalidity != uidvalidity) return;
      const auto base = without_flags(name);
      const auto flags =
          base == name ? std::string_view() : name.substr(base.size() + 3);
      take({parsed->uid, in_new, name, flags});
    });
    if (!read) return read;
  }
  return {};
}

Result<bool> MirrorMaildir::set_flags(bool in_new, const std::string& name,
                                      std::string_view flags) {
  const auto to = std::string(without_flags(name)) + std::string(kInfo) +
                  std::string(flags);
  if (!in_new && to == name) return true;
  const int from = in_new ? new_ : cur_;
  if (sys_rename_new(from, name.c_str(), cur_, to.c_str()) == 0) {
    new_changed_ = new_changed_ || in_new;
    return true;
  }
  if (errno == ENOENT) return false;
  return system_error("rename", path_ + "/cur/" + name, errno);
}

Result<bool> MirrorMaildir::remove(bool in_new, const std::string& name) {
  if (sys_unlink(in_new ? new_ : cur_, name.c_str()) == 0) {
    new_changed_ = new_changed_ || in_new;
    return true;
  }
  if (errno == ENOENT) return false;
  return system_error("remove", path_ + "/cur/" + name, errno);
}

Result<void> MirrorMaildir::sync() {
  if (sys_fsync(cur_) != 0) return system_error("sync", path_ + "/cur", errno);
  if (!new_changed_) return {};
  if (sys_fsync(new_) != 0) return system_error("sync", path_ + "/new", errno);
  new_changed_ = false;
  return {};
}

}  // namespace mailtool::store
