#include "mailtool/store/queue_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/store/folder.h"
#include "store/queue_name.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kTimeDigits = 16;
constexpr int kTries = 100;  // to find an id that is free

std::string new_id() {
  std::array<unsigned char, 8> random{};
  while (::getrandom(random.data(), random.size(), 0) < 0) {
  }
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  auto time = std::to_string(std::int64_t{now.tv_sec} * 1'000'000 +
                             now.tv_nsec / 1000);
  if (time.size() < kTimeDigits) time.insert(0, kTimeDigits - time.size(), '0');
  auto id = time + "-";
  for (const auto octet : random) id += kAlphabet[octet & 31];
  return id;
}

bool try_lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

// A file that lost its name before it was locked is nobody's.
bool still_named(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

struct FolderStream {
  explicit FolderStream(const std::string& path)
      : stream(::opendir(path.c_str())) {}
  ~FolderStream() {
    if (stream != nullptr) ::closedir(stream);
  }
  FolderStream(const FolderStream&) = delete;
  FolderStream& operator=(const FolderStream&) = delete;
  DIR* stream;
};

Result<std::vector<std::string>> names_in(const std::string& path) {
  const FolderStream folder(path);
  if (folder.stream == nullptr) return system_error("read", path, errno);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const auto* entry = ::readdir(folder.stream);
    if (entry == nullptr) break;
    names.emplace_back(entry->d_name);
  }
  if (errno != 0) return system_error("read", path, errno);
  return names;
}

// Bounded, as states are.
Result<std::string> read_text(int descriptor, const std::string& path) {
  std::string text;
  std::array<char, 16384> piece;
  for (;;) {
    const auto count = ::read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", path, errno);
    if (count == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > QueueFolder::kStateOctets) {
      return Error{ErrorKind::bad_input, "is too large for a state", path};
    }
  }
}

}  // namespace

bool is_queue_id(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos || dash < 10 || text.size() > 40) return false;
  const auto seconds = text.substr(0, dash);
  const auto random = text.substr(dash + 1);
  return std::all_of(seconds.begin(), seconds.end(), is_digit) &&
         !random.empty() &&
         std::all_of(random.begin(), random.end(),
                     [](char c) { return is_alpha(c) || is_digit(c); });
}

Result<QueueFolder> QueueFolder::open(std::string path) {
  if (auto made = create_folder(path); !made) return std::move(made).error();
  return QueueFolder(std::move(path));
}

std::string QueueFolder::message_path(const std::string& id) const {
  return path_ + "/" + id + ".eml";
}

std::string QueueFolder::state_path(const std::string& id) const {
  return path_ + "/" + id + ".toml";
}

Result<QueueFolder::Addition> QueueFolder::add() const {
  for (int i = 0; i < kTries; ++i) {
    auto id = new_id();
    const auto path = message_path(id) + ".tmp";
    Descriptor file(sys_open(AT_FDCWD, path.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    if (!file.valid()) {
      if (errno == EEXIST) continue;
      return system_error("create", path, errno, ErrorKind::cannot_create);
    }
    // Whoever cleans up may have found it between the two calls.
    if (!try_lock(file.get()) || !still_named(file.get())) continue;
    return Addition(*this, std::move(id), file.release());
  }
  return Error{ErrorKind::cannot_create, "found no name for a message", path_};
}

Result<std::optional<QueueFolder::Addition>> QueueFolder::add_as(
    const std::string& id) const {
  if (!is_queue_id(id)) {
    return Error{ErrorKind::internal, "is no id of a message", id};
  }
  clean_one(id);
  if (::access(state_path(id).c_str(), F_OK) == 0) {
    return std::optional<Addition>();
  }
  const auto path = message_path(id) + ".tmp";
  Descriptor file(sys_open(AT_FDCWD, path.c_str(),
                           O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  // Somebody else is adding it.
  if (!file.valid() && errno == EEXIST) return std::optional<Addition>();
  if (!file.valid()) {
    return system_error("create", path, errno, ErrorKind::cannot_create);
  }
  if (!try_lock(file.get()) || !still_named(file.get())) {
    return std::optional<Addition>();
  }
  return std::optional<Addition>(Addition(*this, id, file.release()));
}

// Takes away what a dead process left of a message that is not in the queue.
void QueueFolder::clean_one(const std::string& id) const {
  // What is in the queue is not locked for nothing: others want to.
  if (::access(state_path(id).c_str(), F_OK) == 0) return;
  for (const auto& path : {message_path(id) + ".tmp", message_path(id)}) {
    const Descriptor file(
        sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW, 0));
    // Its writer lives as long as it is locked.
    if (!file.valid() || !try_lock(file.get())) continue;
    if (::access(state_path(id).c_str(), F_OK) == 0) return;
    ::unlink((state_path(id) + ".tmp").c_str());
    ::unlink(path.c_str());
  }
}

Result<std::vector<std::string>> QueueFolder::ids() const {
  auto names = names_in(path_);
  if (!names) return std::move(names).error();
  constexpr std::string_view kSuffix = ".toml";
  std::vector<std::string> found;
  for (const std::string_view name : *names) {
    if (!name.ends_with(kSuffix)) continue;
    const auto id = name.substr(0, name.size() - kSuffix.size());
    if (is_queue_id(id)) found.emplace_back(id);
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::string> QueueFolder::peek(const std::string& id) const {
  const auto path = state_path(id);
  const Descriptor file(
      is_queue_id(id)
          ? sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW, 0)
          : -1);
  if (!file.valid()) {
    if (is_queue_id(id) && errno != ENOENT) {
      return system_error("read", path, errno);
    }
    return Error{ErrorKind::no_input, "no such message in the queue", id};
  }
  return read_text(file.get(), path);
}

Result<std::string> QueueFolder::way() const {
  const auto path = way_path();
  const Descriptor file(
      sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW, 0));
  if (file.valid()) return read_text(file.get(), path);
  if (errno == ENOENT) return std::string();
  return system_error("read", path, errno);
}

Result<void> QueueFolder::set_way(std::string_view text) const {
  auto file = AtomicFile::create(way_path());
  if (!file) return std::move(file).error();
  auto written = file->write(text);
  return written ? file->commit() : written;
}

Result<QueueFolder::Entry> QueueFolder::lock(const std::string& id) const {
  const Error gone{ErrorKind::no_input, "no such message in the queue", id};
  if (!is_queue_id(id)) return gone;
  const auto path = message_path(id);
  Descriptor file(sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW, 0));
  if (!file.valid()) {
    // A state without its message is damaged, and must not be taken for gone.
    if (errno == ENOENT && ::access(state_path(id).c_str(), F_OK) == 0) {
      return Error{ErrorKind::bad_input, "the message of " + id + " is gone",
                   path_};
    }
    if (errno == ENOENT) return gone;
    return system_error("open", path, errno);
  }
  if (!try_lock(file.get())) {
    if (errno != EWOULDBLOCK) return system_error("lock", path, errno);
    return Error{ErrorKind::busy, "another process works on it", id};
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return system_error("read", path, errno);
  }
  if (status.st_nlink == 0 || ::access(state_path(id).c_str(), F_OK) != 0) {
    return gone;
  }
  return Entry(*this, id, file.release(),
               static_cast<std::uint64_t>(status.st_size));
}

Result<void> QueueFolder::set_aside(const std::string& id) const {
  const auto aside = path_ + "/damaged";
  if (auto made = create_folder(aside); !made) return made;
  for (const std::string_view suffix : {".toml", ".eml"}) {
    const auto name = "/" + id + std::string(suffix);
    const auto from = path_ + name;
    if (sys_rename(from.c_str(), (aside + name).c_str()) != 0 &&
        errno != ENOENT) {
      return system_error("set aside", from, errno);
    }
  }
  if (auto synced = sync_directory(aside); !synced) return synced;
  return sync_directory(path_);
}

void QueueFolder::clean() const {
  const auto names = names_in(path_);
  if (!names) return;
  for (const std::string_view name : *names) {
    const auto dot = name.find('.');
    if (dot == name.npos || !is_queue_id(name.substr(0, dot))) continue;
    const std::string id(name.substr(0, dot));
    const auto kind = name.substr(dot);
    const auto path = path_ + "/" + std::string(name);
    if (kind == ".toml.tmp") {
      // Of an addition that has no message yet, or of a change of state.
      if (const auto entry = lock(id); entry) ::unlink(path.c_str());
      continue;
    }
    if (kind == ".eml.tmp" || kind == ".eml") clean_one(id);
  }
}

}  // namespace mailtool::store
