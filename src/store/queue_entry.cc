// A message on its way into a QueueFolder, and one that is worked on.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "mailtool/store/atomic_file.h"
#include "mailtool/store/folder.h"
#include "mailtool/store/queue_folder.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;

// Reads at an offset of its own: many may read one descriptor.
class FileAt : public Source {
 public:
  explicit FileAt(int descriptor) : descriptor_(descriptor) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    for (;;) {
      const auto count =
          ::pread(descriptor_, into.data(), into.size(), offset_);
      if (count >= 0) {
        offset_ += count;
        return static_cast<std::size_t>(count);
      }
      if (errno != EINTR) {
        return system_error("read", "a message of the queue", errno);
      }
    }
  }

 private:
  int descriptor_;
  off_t offset_ = 0;
};

}  // namespace

QueueFolder::Addition::Addition(const QueueFolder& folder, std::string id,
                                int descriptor)
    : folder_(&folder), id_(std::move(id)), descriptor_(descriptor) {}

QueueFolder::Addition::Addition(Addition&& other) noexcept
    : folder_(other.folder_),
      id_(std::move(other.id_)),
      buffer_(std::move(other.buffer_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      committed_(other.committed_) {}

// A name that was given is taken back: the state first, since it is what makes
// a message of the queue.
QueueFolder::Addition::~Addition() {
  if (descriptor_ < 0) return;
  if (!committed_) {
    const auto state = folder_->state_path(id_);
    const auto message = folder_->message_path(id_);
    for (const auto& path :
         {state, state + ".tmp", message, message + ".tmp"}) {
      (void)sys_unlink(AT_FDCWD, path.c_str());
    }
  }
  ::close(descriptor_);
}

Result<void> QueueFolder::Addition::write(std::string_view octets) {
  buffer_ += octets;
  if (buffer_.size() < kBufferOctets) return {};
  if (!sys_write_all(descriptor_, buffer_)) {
    return system_error("write", folder_->message_path(id_), errno);
  }
  buffer_.clear();
  return {};
}

Result<void> QueueFolder::Addition::commit(std::string_view state) {
  const auto path = folder_->message_path(id_);
  const auto state_path = folder_->state_path(id_) + ".tmp";
  if (!sys_write_all(descriptor_, buffer_)) {
    return system_error("write", path, errno);
  }
  sys_start_writeback(descriptor_);
  const Descriptor file(sys_open(AT_FDCWD, state_path.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                                 0600));
  if (!file.valid()) {
    return system_error("create", state_path, errno, ErrorKind::cannot_create);
  }
  if (!sys_write_all(file.get(), state)) {
    return system_error("write", state_path, errno);
  }
  sys_start_writeback(file.get());
  if (sys_fsync(descriptor_) != 0) return system_error("sync", path, errno);
  if (sys_fsync(file.get()) != 0) {
    return system_error("sync", state_path, errno);
  }
  return name_them();
}

Result<void> QueueFolder::Addition::name_them() {
  for (const auto& path : {folder_->message_path(id_),
                           folder_->state_path(id_)}) {
    const auto temporary = path + ".tmp";
    if (sys_rename_new(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str()) !=
        0) {
      return system_error("create", path, errno, ErrorKind::cannot_create);
    }
  }
  if (auto synced = sync_directory(folder_->path()); !synced) return synced;
  committed_ = true;
  return {};
}

QueueFolder::Entry::Entry(const QueueFolder& folder, std::string id,
                          int descriptor, std::uint64_t octets)
    : folder_(&folder),
      id_(std::move(id)),
      descriptor_(descriptor),
      octets_(octets) {}

QueueFolder::Entry::Entry(Entry&& other) noexcept
    : folder_(other.folder_),
      id_(std::move(other.id_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      octets_(other.octets_) {
  take_next_state(other);
}

QueueFolder::Entry& QueueFolder::Entry::operator=(Entry&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(id_, other.id_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(octets_, other.octets_);
  next_state_.reset();
  take_next_state(other);
  return *this;
}

void QueueFolder::Entry::take_next_state(Entry& other) noexcept {
  if (!other.next_state_) return;
  next_state_.emplace(std::move(*other.next_state_));
  other.next_state_.reset();
}

QueueFolder::Entry::~Entry() {
  next_state_.reset();  // under the lock
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string> QueueFolder::Entry::state() const {
  return folder_->peek(id_);
}

std::unique_ptr<Source> QueueFolder::Entry::message() const {
  return std::make_unique<FileAt>(descriptor_);
}

Result<void> QueueFolder::Entry::reserve_state(std::uint64_t octets) {
  next_state_.reset();
  auto file = AtomicFile::create(folder_->state_path(id_));
  if (!file) return std::move(file).error();
  if (auto room = file->reserve(octets); !room) return room;
  next_state_.emplace(std::move(*file));
  return {};
}

Result<void> QueueFolder::Entry::set_state(std::string_view state) {
  if (!next_state_) {
    auto file = AtomicFile::create(folder_->state_path(id_));
    if (!file) return std::move(file).error();
    next_state_.emplace(std::move(*file));
  }
  auto written = next_state_->write(state);
  if (written) written = next_state_->commit();
  next_state_.reset();
  return written;
}

// Without its state it is out of the queue: the message file is but a file
// from there on, which clean() would find.
Result<void> QueueFolder::Entry::remove() {
  const auto state = folder_->state_path(id_);
  if (sys_unlink(AT_FDCWD, state.c_str()) != 0 && errno != ENOENT) {
    return system_error("remove", state, errno);
  }
  if (auto synced = sync_directory(folder_->path()); !synced) return synced;
  (void)sys_unlink(AT_FDCWD, folder_->message_path(id_).c_str());
  return {};
}

}  // namespace mailtool::store
