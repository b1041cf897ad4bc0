#include "mailtool/store/mbox_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "mailtool/base/sha256.h"
#include "mailtool/store/folder.h"
#include "store/content_hash.h"
#include "store/file_naming.h"
#include "store/mbox_lock.h"
#include "store/mbox_note.h"

namespace mailtool::store {
namespace {

constexpr std::chrono::seconds kLockWait{10};
constexpr std::size_t kHashOctets = 8;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::vector<std::string> names_with(const std::string& folder,
                                    const std::string& prefix) {
  std::vector<std::string> names;
  DIR* open_folder = ::opendir(folder.c_str());
  if (open_folder == nullptr) return names;
  while (const dirent* entry = ::readdir(open_folder)) {
    const std::string_view name(entry->d_name);
    if (name.starts_with(prefix)) names.emplace_back(name);
  }
  ::closedir(open_folder);
  return names;
}

Result<std::uint64_t> size_of(int file, const std::string& path) {
  struct stat found;
  if (::fstat(file, &found) != 0) return system_error("read", path, errno);
  return static_cast<std::uint64_t>(found.st_size);
}

// What is missing between what stands there and a "From " line: the end of the
// last line, and an empty one.
Result<std::string_view> separator(int mbox, std::uint64_t size,
                                   const std::string& path) {
  if (size == 0) return std::string_view();
  char end[2] = {'\n', '\n'};
  const auto from = size < 2 ? 0 : static_cast<off_t>(size) - 2;
  const std::size_t want = size < 2 ? 1 : 2;
  const auto count = ::pread(mbox, end + 2 - want, want, from);
  if (count != static_cast<ssize_t>(want)) {
    return system_error("read", path, count < 0 ? errno : EIO);
  }
  if (end[1] != '\n') return std::string_view("\n\n");
  return std::string_view(end[0] == '\n' ? "" : "\n");
}

class FileSink : public Sink {
 public:
  FileSink(int file, const std::string& path) : file_(file), path_(path) {}
  Result<void> write(std::string_view octets) override {
    if (sys_write_all(file_, octets)) return {};
    return system_error("write", path_, errno);
  }

 private:
  int file_;
  const std::string& path_;
};

}  // namespace

MboxFile::MboxFile(std::string path, std::string notes, std::string_view owner,
                   int stop_fd)
    : path_(std::move(path)),
      notes_(std::move(notes)),
      prefix_("mbox." + hex(sha256(path_), kHashOctets) + "."),
      note_(notes_ + "/" + prefix_ + hex(sha256(owner), kHashOctets) + ".note"),
      stop_fd_(stop_fd),
      spool_(notes_) {}

MboxFile::~MboxFile() {
  if (note_file_ >= 0) ::close(note_file_);
}

Result<std::unique_ptr<MboxFile>> MboxFile::open(std::string path,
                                                 std::string notes,
                                                 std::string_view owner,
                                                 int stop_fd) {
  if (auto fine = check_mbox(path); !fine) return std::move(fine).error();
  if (auto made = create_folder(folder_of(path)); !made) {
    return std::move(made).error();
  }
  std::unique_ptr<MboxFile> file(
      new MboxFile(std::move(path), std::move(notes), owner, stop_fd));
  if (auto recovered = file->recover(); !recovered) {
    return std::move(recovered).error();
  }
  return file;
}

Result<void> MboxFile::recover() {
  std::vector<std::string> notes;
  for (const auto& name : names_with(notes_, prefix_)) {
    const auto text = read_note(notes_ + "/" + name);
    if (!text) return text.error();
    if (!parse_note(*text).empty()) notes.push_back(notes_ + "/" + name);
  }
  if (notes.empty() || ::access(path_.c_str(), F_OK) != 0) return {};
  const auto lock = MboxLock::acquire(path_, kLockWait, stop_fd_);
  if (!lock) return lock.error();
  for (const auto& path : notes) {
    const auto text = read_note(path);  // nobody changes it now
    if (!text) return text.error();
    auto done = recover_from(*text, lock->descriptor(), path == note_);
    if (!done) return done;
  }
  return {};
}

Result<void> MboxFile::recover_from(const std::string& note, int mbox,
                                    bool own) {
  bool changed = false;
  for (auto& entry : parse_note(note)) {
    const auto size = size_of(mbox, path_);
    if (!size) return size.error();
    const auto standing = look_at(entry, mbox, *size);
    if (!standing) return standing.error();
    if (*standing == Standing::torn) {
      if (sys_truncate(mbox, static_cast<off_t>(entry.offset)) != 0) {
        return system_error("write", path_, errno);
      }
      changed = true;
    } else if (*standing == Standing::whole && own) {
      unclaimed_.push_back(std::move(entry));
      changed = true;  // whoever wrote it may have died before it was synced
    }
  }
  if (changed && sys_fsync(mbox) != 0) {
    return system_error("sync", path_, errno);
  }
  return {};
}

void MboxFile::begin() {
  current_ = std::make_unique<Message>();
  current_->begin = spool_.size();
  hash_ = std::make_unique<ContentHash>();
}

Result<void> MboxFile::write(std::string_view octets) {
  auto& head = current_->head;
  head += octets.substr(0, MboxEntry::kHeadOctets - head.size());
  hash_->update(octets);
  return spool_.write(octets);
}

void MboxFile::discard() noexcept { current_.reset(); }

void MboxFile::end(const DeliveryKey& key) {
  current_->key = key;
  current_->octets = spool_.size() - current_->begin;
  current_->hash = hash_->finish();
  current_->recognised =
      std::any_of(unclaimed_.begin(), unclaimed_.end(),
                  [&](const MboxEntry& entry) { return entry.key == key; });
  batch_.push_back(std::move(*current_));
  current_.reset();
}

bool MboxFile::full() const {
  return batch_.size() >= kMaxMessages || spool_.size() >= kMaxOctets;
}

Result<void> MboxFile::note(const std::vector<MboxEntry>& entries) {
  if (note_file_ < 0) {
    note_file_ = sys_open(AT_FDCWD, note_.c_str(),
                          O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
    if (note_file_ < 0) {
      return system_error("create", note_, errno, ErrorKind::cannot_create);
    }
    if (auto synced = sync_directory(notes_); !synced) return synced;
  }
  if (sys_truncate(note_file_, 0) != 0 ||
      ::lseek(note_file_, 0, SEEK_SET) != 0 ||
      !sys_write_all(note_file_, format_note(entries)) ||
      sys_fdatasync(note_file_) != 0) {
    return system_error("write", note_, errno);
  }
  return {};
}

Result<void> MboxFile::write_all(int mbox, std::uint64_t size) {
  const auto between = separator(mbox, size, path_);
  if (!between) return between.error();
  auto entries = unclaimed_;
  auto offset = size + between->size();
  for (const auto& message : batch_) {
    if (message.recognised) continue;
    entries.push_back(
        {message.key, offset, message.octets, message.hash, message.head});
    offset += message.octets;
  }
  if (auto noted = note(entries); !noted) return noted;
  FileSink sink(mbox, path_);
  if (auto written = sink.write(*between); !written) return written;
  for (const auto& message : batch_) {
    if (message.recognised) continue;
    auto copied = spool_.copy(message.begin, message.octets, sink);
    if (!copied) return copied;
  }
  if (sys_fsync(mbox) != 0) return system_error("sync", path_, errno);
  if (size > 0) return {};
  return sync_directory(folder_of(path_));  // it may be new
}

Result<void> MboxFile::append() {
  const auto lock = MboxLock::acquire(path_, kLockWait, stop_fd_);
  if (!lock) return lock.error();
  if (!std::exchange(cleared_, true)) {
    const auto folder = folder_of(path_);
    const auto prefix = path_.substr(path_.rfind('/') + 1) + ".lock.";
    const Descriptor open_folder(
        sys_open(AT_FDCWD, folder.c_str(), O_RDONLY | O_DIRECTORY, 0));
    for (const auto& name : names_with(folder, prefix)) {
      if (is_stale_temporary(open_folder.get(), name.c_str(), prefix,
                             host_in_names())) {
        (void)sys_unlink(open_folder.get(), name.c_str());
      }
    }
  }
  const auto size = size_of(lock->descriptor(), path_);
  if (!size) return size.error();
  auto written = write_all(lock->descriptor(), *size);
  if (written) return {};
  (void)sys_truncate(lock->descriptor(), static_cast<off_t>(*size));
  keep_note_ = true;  // what it says may stand there, whatever that has done
  return written;
}

std::vector<Stored> MboxFile::store() {
  std::vector<Stored> stored(batch_.size());
  told_.clear();
  bool any_new = false;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    stored[i].recognised = batch_[i].recognised;
    if (batch_[i].recognised) told_.push_back(batch_[i].key);
    any_new |= !batch_[i].recognised;
  }
  if (any_new) {
    const auto appended = append();
    for (auto& message : stored) {
      if (appended) {
        if (!message.recognised) message.path = path_;
      } else if (!message.recognised) {
        message.error = appended.error();
      }
    }
  }
  batch_.clear();
  // What does not empty now is spooled behind it.
  (void)spool_.clear();
  return stored;
}

void MboxFile::confirm() noexcept {
  std::erase_if(unclaimed_, [&](const MboxEntry& entry) {
    return std::find(told_.begin(), told_.end(), entry.key) != told_.end();
  });
  told_.clear();
  if (keep_note_ || note_file_ < 0 || !unclaimed_.empty()) return;
  (void)sys_truncate(note_file_, 0);
}

}  // namespace mailtool::store
