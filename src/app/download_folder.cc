#include "app/download_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "app/safe_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kTemporary = ".mailtool-download-";
constexpr std::size_t kBufferOctets = 64 * 1024;
// Names that are remembered; beyond, numbers are looked for from 2 again.
constexpr std::size_t kMostNames = 100'000;
// Files that are open meanwhile.
constexpr std::size_t kSyncedTogether = 100;

}  // namespace

Result<DownloadFolder> DownloadFolder::open(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) {
    return Error{ErrorKind::cannot_create, failed.message(),
                 "cannot create the folder " + printable(path)};
  }
  store::Descriptor folder(
      store::sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY, 0));
  if (!folder.valid()) {
    return store::system_error("open", path, errno, ErrorKind::cannot_create);
  }
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return store::system_error("lock", path, errno, ErrorKind::cannot_create);
    }
    return Error{ErrorKind::busy,
                 "another run puts files into " + printable(path)};
  }
  DownloadFolder opened(path, std::move(folder));
  opened.remove_leftovers();
  return opened;
}

void DownloadFolder::remove_leftovers() const {
  const int copy =
      ::openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const entries = copy < 0 ? nullptr : ::fdopendir(copy);
  if (entries == nullptr) {
    if (copy >= 0) ::close(copy);
    return;
  }
  while (const auto* entry = ::readdir(entries)) {
    if (std::string_view(entry->d_name).starts_with(kTemporary)) {
      (void)store::sys_unlink(descriptor_.get(), entry->d_name);
    }
  }
  ::closedir(entries);
}

Result<DownloadFolder::File> DownloadFolder::create() {
  auto name = std::string(kTemporary) + std::to_string(++created_) + ".tmp";
  store::Descriptor file(
      store::sys_open(descriptor_.get(), name.c_str(),
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666));
  if (!file.valid()) {
    return store::system_error("create", path_of(name), errno,
                               ErrorKind::cannot_create);
  }
  return File(descriptor_.get(), std::move(name), std::move(file));
}

Result<void> DownloadFolder::settle(File& file) {
  if (auto drained = file.drain(); !drained) return drained;
  if (store::sys_fsync(file.descriptor_.get()) != 0) {
    return store::system_error("sync", path_of(file.temporary_), errno);
  }
  return {};
}

Result<std::string> DownloadFolder::keep_as_new(File file,
                                                const std::string& wanted) {
  if (auto settled = settle(file); !settled) return settled.error();
  if (numbers_.size() >= kMostNames) numbers_.clear();
  auto& number = numbers_[wanted];
  while (true) {
    ++number;
    const auto name = number == 1 ? wanted : numbered_name(wanted, number);
    if (store::sys_rename_new(descriptor_.get(), file.temporary_.c_str(),
                              descriptor_.get(), name.c_str()) == 0) {
      file.temporary_.clear();
      auto synced = store::sync_directory(path_);
      if (!synced) return synced.error();
      return name;
    }
    if (errno != EEXIST) {
      return store::system_error("create", path_of(name), errno,
                                 ErrorKind::cannot_create);
    }
  }
}

Result<void> DownloadFolder::give_name(File& file, const std::string& name) {
  if (store::sys_rename(path_of(file.temporary_).c_str(),
                        path_of(name).c_str()) != 0) {
    return store::system_error("create", path_of(name), errno,
                               ErrorKind::cannot_create);
  }
  file.temporary_.clear();
  return {};
}

Result<void> DownloadFolder::keep_over(File file, const std::string& name) {
  if (auto settled = settle(file); !settled) return settled;
  if (auto named = give_name(file, name); !named) return named;
  return store::sync_directory(path_);
}

Result<void> DownloadFolder::keep_over_soon(File file,
                                            const std::string& name) {
  if (auto drained = file.drain(); !drained) return drained;
  store::sys_start_writeback(file.descriptor_.get());
  waiting_.push_back({std::move(file), name});
  return waiting_.size() < kSyncedTogether ? Result<void>() : flush();
}

Result<void> DownloadFolder::flush() {
  auto batch = std::exchange(waiting_, {});
  if (batch.empty()) return {};
  std::vector<int> descriptors;
  for (const auto& one : batch) {
    descriptors.push_back(one.file.descriptor_.get());
  }
  const auto failures = batch_->sync(descriptors);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto& one = batch[i];
    if (failures[i] != 0) {
      return store::system_error("sync", path_of(one.file.temporary_),
                                 failures[i]);
    }
    if (auto named = give_name(one.file, one.name); !named) return named;
  }
  return store::sync_directory(path_);
}

std::optional<std::uint64_t> DownloadFolder::size_of(
    const std::string& name) const {
  struct stat found {};
  const bool there = ::fstatat(descriptor_.get(), name.c_str(), &found,
                               AT_SYMLINK_NOFOLLOW) == 0;
  if (!there || !S_ISREG(found.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(found.st_size);
}

std::string DownloadFolder::path_of(const std::string& name) const {
  return path_.ends_with('/') ? path_ + name : path_ + "/" + name;
}

DownloadFolder::File::File(File&& other) noexcept
    : folder_(other.folder_),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::move(other.descriptor_)),
      buffer_(std::move(other.buffer_)),
      octets_(other.octets_) {}

DownloadFolder::File::~File() {
  if (!temporary_.empty()) {
    (void)store::sys_unlink(folder_, temporary_.c_str());
  }
}

Result<void> DownloadFolder::File::write(std::string_view octets) {
  buffer_ += octets;
  octets_ += octets.size();
  return buffer_.size() < kBufferOctets ? Result<void>{} : drain();
}

Result<void> DownloadFolder::File::drain() {
  if (!store::sys_write_all(descriptor_.get(), buffer_)) {
    return store::system_error("write", temporary_, errno);
  }
  buffer_.clear();
  return {};
}

}  // namespace mailtool::app
