#include "mailtool/store/mbox_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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

constexpr std::chrono::milliseconds kLockWait{10'000};
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

// Every write but the last ends at a multiple of kPiece in the file, so that a
// crash leaves no beginning that MboxTail does not know.
class FileSink : public Sink {
 public:
  FileSink(int file, std::uint64_t at, const std::string& path)
      : file_(file), at_(at), path_(path) {}
  Result<void> write(std::string_view octets) override {
    while (!octets.empty()) {
      const auto piece =
          octets.substr(0, kPiece - (at_ + held_.size()) % kPiece);
      held_ += piece;
      octets.remove_prefix(piece.size());
      if ((at_ + held_.size()) % kPiece != 0) break;
      if (auto flushed = flush(); !flushed) return flushed;
    }
    return {};
  }
  Result<void> flush() {
    if (!sys_write_all(file_, held_)) {
      return system_error("write", path_, errno);
    }
    at_ += held_.size();
    held_.clear();
    return {};
  }

 private:
  static constexpr std::size_t kPiece = 64 * 1024;
  int file_;
  std::uint64_t at_;
  std::string held_;
  const std::string& path_;
};

class CheckSink : public Sink {
 public:
  explicit CheckSink(TailChecks& checks) : checks_(checks) {}
  Result<void> write(std::string_view octets) override {
    checks_.update(octets);
    return {};
  }

 private:
  TailChecks& checks_;
};

}  // namespace

MboxFile::MboxFile(std::string path, std::string notes, std::string_view owner,
                   int stop_fd, Until until)
    : path_(std::move(path)),
      notes_(std::move(notes)),
      prefix_("mbox." + hex(sha256(path_), kHashOctets) + "."),
      note_(notes_ + "/" + prefix_ + hex(sha256(owner), kHashOctets) + ".note"),
      stop_fd_(stop_fd),
      until_(until),
      spool_(notes_) {}

MboxFile::~MboxFile() {
  if (note_file_ >= 0) ::close(note_file_);
}

Result<std::unique_ptr<MboxFile>> MboxFile::open(std::string path,
                                                 std::string notes,
                                                 std::string_view owner,
                                                 int stop_fd, Until until) {
  if (auto fine = check_mbox(path); !fine) return std::move(fine).error();
  if (auto made = create_folder(folder_of(path)); !made) {
    return std::move(made).error();
  }
  std::unique_ptr<MboxFile> file(
      new MboxFile(std::move(path), std::move(notes), owner, stop_fd, until));
  if (auto recovered = file->recover(); !recovered) {
    return std::move(recovered).error();
  }
  return file;
}

std::chrono::milliseconds MboxFile::patience() const {
  if (!until_) return kLockWait;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      *until_ - std::chrono::steady_clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), kLockWait);
}

Result<void> MboxFile::recover() {
  std::vector<std::string> notes;
  for (const auto& name : names_with(notes_, prefix_)) {
    const auto text = read_note(notes_ + "/" + name);
    if (!text) return text.error();
    if (parse_note(*text).tail.octets > 0) notes.push_back(notes_ + "/" + name);
  }
  if (notes.empty() || ::access(path_.c_str(), F_OK) != 0) return {};
  const auto lock = MboxLock::acquire(path_, patience(), stop_fd_);
  if (!lock) return lock.error();
  for (const auto& path : notes) {
    const auto text = read_note(path);  // nobody changes it now
    if (!text) return text.error();
    auto done = recover_from(*text, lock->descriptor(), path == note_);
    if (!done) return done;
  }
  return {};
}

Result<void> MboxFile::recover_from(const std::string& text, int mbox,
                                    bool own) {
  const auto note = parse_note(text);
  const auto size = size_of(mbox, path_);
  if (!size) return size.error();
  const auto torn = is_torn(note.tail, mbox, *size);
  if (!torn) return torn.error();
  auto sound = note.tail.offset;  // of the tail, where it is torn
  bool changed = false;
  for (const auto& entry : note.entries) {
    const auto whole = is_whole(entry, mbox, *size);
    if (!whole) return whole.error();
    if (!*whole) continue;
    sound = std::max(sound, entry.offset + entry.octets);
    if (!own) continue;
    unclaimed_[entry.key] = entry;
    changed = true;  // whoever wrote it may have died before it was synced
  }
  if (*torn && sound < *size) {
    if (sys_truncate(mbox, static_cast<off_t>(sound)) != 0) {
      return system_error("write", path_, errno);
    }
    changed = true;
  }
  if (changed && sys_fsync(mbox) != 0) {
    return system_error("sync", path_, errno);
  }
  return {};
}

void MboxFile::begin(bool keep) {
  current_ = std::make_unique<Message>();
  current_->keep = keep;
  current_->begin = spool_.size();
  hash_ = std::make_unique<ContentHash>();
}

Result<void> MboxFile::write(std::string_view octets) {
  hash_->update(octets);
  return spool_.write(octets);
}

void MboxFile::discard() noexcept { current_.reset(); }

void MboxFile::end(const DeliveryKey& key) {
  current_->key = key;
  current_->octets = spool_.size() - current_->begin;
  current_->hash = hash_->finish();
  current_->recognised = unclaimed_.contains(key);
  batch_.push_back(std::move(*current_));
  current_.reset();
}

// What waits is on the disk twice while it is stored: where there is room for
// once only, it is stored sooner.
bool MboxFile::crowds_the_disk() const {
  if (spool_.size() < Spool::kInMemory) return false;
  struct statvfs room;
  if (::statvfs(notes_.c_str(), &room) != 0) return false;
  return spool_.size() > std::uint64_t{room.f_bavail} * room.f_frsize / 4;
}

bool MboxFile::full() const {
  return batch_.size() >= kMaxMessages || spool_.size() >= kMaxOctets ||
         crowds_the_disk();
}

Result<void> MboxFile::open_note() {
  if (note_file_ >= 0) return {};
  auto file = open_regular("create", note_, O_WRONLY | O_CREAT,
                           ErrorKind::cannot_create);
  if (!file) return std::move(file).error();
  note_file_ = file->release();
  return sync_directory(notes_);
}

Result<void> MboxFile::write_note(const MboxNote& note) {
  if (auto opened = open_note(); !opened) return opened;
  if (sys_truncate(note_file_, 0) != 0 ||
      ::lseek(note_file_, 0, SEEK_SET) != 0 ||
      !sys_write_all(note_file_, format_note(note)) ||
      sys_fdatasync(note_file_) != 0) {
    return system_error("write", note_, errno);
  }
  return {};
}

Result<void> MboxFile::copy_batch(std::string_view between, Sink& to) const {
  if (auto written = to.write(between); !written) return written;
  for (const auto& message : batch_) {
    if (message.recognised) continue;
    auto copied = spool_.copy(message.begin, message.octets, to);
    if (!copied) return copied;
  }
  return {};
}

Result<void> MboxFile::write_all(int mbox, std::uint64_t size) {
  const auto between = separator(mbox, size, path_);
  if (!between) return between.error();
  std::vector<MboxEntry> added;
  auto offset = size + between->size();
  for (const auto& message : batch_) {
    if (message.recognised) continue;
    added.push_back(
        {message.key, offset, message.octets, message.hash, message.keep});
    offset += message.octets;
  }
  MboxNote note{added, {size, offset - size, 1, ""}};
  for (const auto& [key, entry] : unclaimed_) note.entries.push_back(entry);
  note.tail.block = TailChecks::block_for(note.tail.octets);
  TailChecks checks(note.tail);
  CheckSink checked(checks);
  if (auto read = copy_batch(*between, checked); !read) return read;
  note.tail.checks = checks.text();
  if (auto noted = write_note(note); !noted) return noted;

  FileSink sink(mbox, size, path_);
  auto written = copy_batch(*between, sink);
  if (written) written = sink.flush();
  if (!written) return written;
  if (sys_fsync(mbox) != 0) return system_error("sync", path_, errno);
  if (size == 0) {
    // It may be new.
    if (auto synced = sync_directory(folder_of(path_)); !synced) return synced;
  }
  keep(added);
  return {};
}

void MboxFile::keep(const std::vector<MboxEntry>& added) {
  for (const auto& entry : added) {
    if (unclaimed_.size() >= kMaxKept) return;
    if (entry.kept) unclaimed_[entry.key] = entry;
  }
}

Result<void> MboxFile::append() {
  const auto lock = MboxLock::acquire(path_, patience(), stop_fd_);
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
    if (batch_[i].recognised && !batch_[i].keep) {
      told_.push_back(batch_[i].key);
    }
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
  for (const auto& key : told_) unclaimed_.erase(key);
  told_.clear();
  if (keep_note_ || note_file_ < 0 || !unclaimed_.empty()) return;
  (void)sys_truncate(note_file_, 0);
}

void MboxFile::run_ended() noexcept {
  const auto kept = std::erase_if(
      unclaimed_, [](const auto& one) { return one.second.kept; });
  if (kept == 0 || keep_note_ || !unclaimed_.empty()) return;
  if (open_note()) (void)sys_truncate(note_file_, 0);
}

}  // namespace mailtool::store
