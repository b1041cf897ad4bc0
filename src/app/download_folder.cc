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

store::Descriptor open_to_read(int folder, const std::string& name) {
  return store::Descriptor(::openat(
      folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

// Octets up to the size of `buffer`, fewer at the end; -1 on failure.
ssize_t read_full(int descriptor, std::string& buffer) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const auto count = ::read(descriptor, &buffer[have], buffer.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(have);
}

// Two regular files with the same octets. What cannot be read is not the same.
bool is_same(int folder, const std::string& one, const std::string& other) {
  const auto a = open_to_read(folder, one);
  const auto b = open_to_read(folder, other);
  struct stat of_a {};
  struct stat of_b {};
  if (!a.valid() || !b.valid() || ::fstat(a.get(), &of_a) != 0 ||
      ::fstat(b.get(), &of_b) != 0 || !S_ISREG(of_b.st_mode) ||
      of_a.st_size != of_b.st_size) {
    return false;
  }
  std::string octets_a(kBufferOctets, '\0');
  std::string octets_b(kBufferOctets, '\0');
  while (true) {
    const auto count = read_full(a.get(), octets_a);
    if (count < 0 || read_full(b.get(), octets_b) != count) return false;
    if (count == 0) return true;
    const auto size = static_cast<std::size_t>(count);
    if (octets_a.compare(0, size, octets_b, 0, size) != 0) return false;
  }
}

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
    // The temporary file goes with `file`.
    if (is_same(descriptor_.get(), file.temporary_, name)) return name;
  }
}

Result<bool> DownloadFolder::keep_if_new(File file, const std::string& wanted) {
  if (auto settled = settle(file); !settled) return std::move(settled).error();
  const auto& temporary = file.temporary_;
  if (store::sys_rename_new(descriptor_.get(), temporary.c_str(),
                            descriptor_.get(), wanted.c_str()) != 0) {
    if (errno != EEXIST) {
      return store::system_error("create", path_of(wanted), errno,
                                 ErrorKind::cannot_create);
    }
    return is_same(descriptor_.get(), temporary, wanted);
  }
  file.temporary_.clear();
  if (auto synced = store::sync_directory(path_); !synced) {
    return std::move(synced).error();
  }
  return true;
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
