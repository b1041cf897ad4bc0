#include "mailtool/store/message_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "store/batch_sync.h"
#include "store/file_naming.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;
// Octets after which the disk may begin: what is left to the sync is little.
constexpr std::uint64_t kWritebackOctets = 8 * 1024 * 1024;
// A batch that is worth a sync of its own while another is under way: so many
// messages, or octets, or so old.
constexpr std::size_t kDueMessages = 250;
constexpr std::uint64_t kDueOctets = 8 * 1024 * 1024;
constexpr std::chrono::milliseconds kDueAge{500};
// A batch that is made safe by who asks for it: a thread would cost more than it
// saves.
constexpr std::size_t kFew = 4;
constexpr std::uint64_t kFewOctets = 1024 * 1024;
// Files of a small batch stay open, whatever the way: they are synced alone.
constexpr std::size_t kAlwaysOpen = BatchSync::kWorthMeasuring;

// Files that wait for their sync hold descriptors, in all folders of this
// process together. Half of what there are is left to others.
std::atomic<std::size_t> files_open = 0;

std::size_t most_files_open() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur / 2, 512));
}

}  // namespace

MessageFiles::MessageFiles(FolderLayout layout)
    : layout_(std::move(layout)), host_(host_in_names()) {}

MessageFiles::~MessageFiles() {
  if (sealed_.valid()) (void)sealed_.get();
  discard();
  for (auto& file : batch_) drop(file);
  if (writing_ >= 0) ::close(writing_);
  if (delivered_ >= 0) ::close(delivered_);
}

Result<std::unique_ptr<MessageFiles>> MessageFiles::open(FolderLayout layout) {
  std::unique_ptr<MessageFiles> files(new MessageFiles(std::move(layout)));
  if (auto opened = files->open_folders(); !opened) {
    return std::move(opened).error();
  }
  files->sync_ = std::make_unique<BatchSync>(files->writing_);
  return files;
}

Result<void> MessageFiles::open_folders() {
  const auto open_one = [](const std::string& path, int& descriptor) {
    descriptor = sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY, 0);
    return descriptor >= 0 ? Result<void>{} : system_error("open", path, errno);
  };
  if (auto opened = open_one(layout_.writing, writing_); !opened) return opened;
  return open_one(layout_.delivered, delivered_);
}

void MessageFiles::remove_stale() {
  DIR* folder = ::opendir(layout_.writing.c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder)) {
    if (is_stale_temporary(writing_, entry->d_name, layout_.prefix, host_)) {
      (void)sys_unlink(writing_, entry->d_name);
    }
  }
  ::closedir(folder);
}

Result<void> MessageFiles::recognise_in(const std::string& folder) {
  DIR* open_folder = ::opendir(folder.c_str());
  if (open_folder == nullptr) return system_error("read", folder, errno);
  errno = 0;
  while (const dirent* entry = ::readdir(open_folder)) {
    if (const auto key = layout_.key_in(entry->d_name)) keys_.add(*key);
    errno = 0;
  }
  const int error = errno;
  ::closedir(open_folder);
  if (error != 0) return system_error("read", folder, error);
  return {};
}

Result<void> MessageFiles::begin() {
  if (!std::exchange(cleared_, true)) remove_stale();
  current_ = {};
  current_octets_ = 0;
  buffer_.clear();
  current_.temporary = temporary_name(layout_.prefix, host_);
  current_.descriptor =
      sys_open(writing_, current_.temporary.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (current_.descriptor < 0) {
    return system_error("create", layout_.writing + "/" + current_.temporary,
                        errno, ErrorKind::cannot_create);
  }
  ++files_open;
  return {};
}

Result<void> MessageFiles::drain() {
  if (!sys_write_all(current_.descriptor, buffer_)) {
    return system_error("write", layout_.writing + "/" + current_.temporary,
                        errno);
  }
  buffer_.clear();
  return {};
}

Result<void> MessageFiles::write(std::string_view octets) {
  const auto before = current_octets_ / kWritebackOctets;
  current_octets_ += octets.size();
  buffer_ += octets;
  if (buffer_.size() < kBufferOctets) return {};
  if (auto drained = drain(); !drained) return drained;
  if (current_octets_ / kWritebackOctets != before) {
    sys_start_writeback(current_.descriptor);
  }
  return {};
}

void MessageFiles::close(File& file) noexcept {
  if (file.descriptor < 0) return;
  ::close(file.descriptor);
  file.descriptor = -1;
  --files_open;
}

void MessageFiles::drop(File& file) noexcept {
  if (!file.temporary.empty()) {
    (void)sys_unlink(writing_, file.temporary.c_str());
  }
  file.temporary.clear();
  close(file);
}

void MessageFiles::discard() noexcept {
  if (current_.descriptor >= 0) drop(current_);
  buffer_.clear();
}

void MessageFiles::keep_or_close(File& file) {
  if (!keep_open_ && batch_.size() >= kAlwaysOpen) close(file);
}

Result<void> MessageFiles::end(const DeliveryKey& key, FilePlace place) {
  if (!looked_) {
    for (const auto& folder : layout_.looked_in) {
      if (auto read = recognise_in(folder); !read) return read;
    }
    looked_ = true;
  }
  current_.key = key;
  if (keys_.contains(key)) {
    discard();
    current_.recognised = true;
  } else {
    if (auto drained = drain(); !drained) return drained;
    if (place.modified &&
        sys_set_modified(current_.descriptor, *place.modified) != 0) {
      return system_error("date", layout_.writing + "/" + current_.temporary,
                          errno);
    }
    current_.name = std::move(place.name);
    keep_or_close(current_);
    keys_.add(key);
  }
  if (batch_.empty()) batch_began_ = Clock::now();
  batch_octets_ += current_octets_;
  batch_.push_back(std::exchange(current_, {}));
  return {};
}

bool MessageFiles::full() const {
  if (batch_.size() >= kMaxMessages || batch_octets_ >= kMaxOctets) return true;
  static const std::size_t most_open = most_files_open();
  return keep_open_ && batch_.size() >= kAlwaysOpen && files_open >= most_open;
}

bool MessageFiles::due() const {
  if (batch_.empty()) return false;
  if (full()) return true;
  if (batch_.size() < kDueMessages && batch_octets_ < kDueOctets &&
      Clock::now() - batch_began_ < kDueAge) {
    return false;
  }
  return !sealed_.valid() || sealed_.wait_for(std::chrono::seconds(0)) !=
                                 std::future_status::timeout;
}

void MessageFiles::seal() {
  const bool small = batch_.size() <= kFew && batch_octets_ <= kFewOctets;
  batch_octets_ = 0;
  if (batch_.empty()) return;
  const auto files = std::make_shared<std::vector<File>>();
  files->swap(batch_);
  const auto work = [this, files] { return store(*files); };
  try {
    sealed_ = std::async(
        small ? std::launch::deferred : std::launch::async, work);
  } catch (const std::system_error&) {
    // No thread to be had: it is done when it is asked for.
    sealed_ = std::async(std::launch::deferred, work);
  }
}

std::vector<Stored> MessageFiles::settle() {
  if (!sealed_.valid()) return {};
  auto stored = sealed_.get();
  keep_open_ = sync_->next_way() == SyncWay::each_file;
  return stored;
}

Result<void> MessageFiles::commit() {
  seal();
  for (auto& stored : settle()) {
    if (stored.error) return *std::move(stored.error);
  }
  return {};
}

void MessageFiles::move(File& file, Stored& stored) {
  const auto name =
      file.name.empty() ? layout_.name(file.key, host_) : file.name;
  const auto path = layout_.delivered + "/" + name;
  if (sys_rename_new(writing_, file.temporary.c_str(), delivered_,
                     name.c_str()) != 0) {
    stored.error = system_error("deliver", path, errno);
    drop(file);
    return;
  }
  file.temporary.clear();
  stored.path = path;
}

std::vector<Stored> MessageFiles::store(std::vector<File>& files) {
  std::vector<int> descriptors;
  for (const auto& file : files) {
    if (!file.recognised) descriptors.push_back(file.descriptor);
  }
  const auto errors = sync_->sync(descriptors);
  std::vector<Stored> stored(files.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    stored[i].recognised = files[i].recognised;
    if (files[i].recognised) continue;
    if (const int error = errors[next++]; error != 0) {
      stored[i].error = system_error(
          "sync", layout_.writing + "/" + files[i].temporary, error);
      drop(files[i]);
      continue;
    }
    close(files[i]);
    move(files[i], stored[i]);
  }
  // Also for those recognised: whoever moved them may have died before this.
  if (sys_fsync(delivered_) != 0) {
    const auto error = system_error("sync", layout_.delivered, errno);
    for (auto& message : stored) {
      if (!message.error) message.error = error;
    }
  }
  return stored;
}

}  // namespace mailtool::store
