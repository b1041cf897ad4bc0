#include "mailtool/store/maildir.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/store/folder.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;
constexpr std::size_t kHostOctets = 64;
constexpr std::size_t kRecentKeys = 4096;
constexpr std::string_view kTemporaryPrefix = "mailtool.P";
// A temporary file whose process id lives again under another program.
constexpr time_t kStaleSeconds = 36 * 60 * 60;

// "/" and ":" have a meaning in Maildir names; both are written in octal.
std::string host_part() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  std::string host;
  for (const char c : std::string_view(name.data()).substr(0, kHostOctets)) {
    if (c == '/') {
      host += "\\057";
    } else if (c == ':') {
      host += "\\072";
    } else if (!is_control(c)) {
      host += c;
    }
  }
  return host.empty() ? "localhost" : host;
}

// Unique in this process; seconds, microseconds and pid make it so elsewhere.
std::string next_counter() {
  static unsigned counter = 0;
  return std::to_string(counter++);
}

std::string hex(const DeliveryKey& key) {
  std::string text;
  for (const auto octet : key) {
    text += "0123456789abcdef"[octet >> 4];
    text += "0123456789abcdef"[octet & 15];
  }
  return text;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The key in the second part of SECONDS.MusecPpidQcounterHkey.HOST[:2,FLAGS].
bool take_key(std::string_view name, DeliveryKey& key) {
  const auto first = name.find('.');
  if (first == name.npos) return false;
  const auto second = name.find('.', first + 1);
  if (second == name.npos || second - first < 2 * key.size() + 2) return false;
  const auto digits = name.substr(second - 2 * key.size(), 2 * key.size());
  if (name[second - 2 * key.size() - 1] != 'H') return false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = hex_digit(digits[2 * i]);
    const int low = hex_digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    key[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

std::string delivered_name(const DeliveryKey& key, const std::string& host) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::to_string(now.tv_sec) + ".M" +
         std::to_string(now.tv_nsec / 1000) + "P" + std::to_string(::getpid()) +
         "Q" + next_counter() + "H" + hex(key) + "." + host;
}

// Ours, its writer dead: nobody holds its lock, and the process id in its name
// is gone (or the file is too old to be anybody's).
bool is_stale(int tmp, const char* name, const std::string& host) {
  const std::string_view text(name);
  if (!text.starts_with(kTemporaryPrefix)) return false;
  const auto after_pid = text.find('Q');
  if (after_pid == text.npos) return false;
  const auto pid = parse_number(
      text.substr(kTemporaryPrefix.size(), after_pid - kTemporaryPrefix.size()),
      INT32_MAX);
  if (!pid || *pid == 0) return false;

  const Descriptor file(
      sys_open(tmp, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0));
  struct stat found;
  if (!file.valid() || ::fstat(file.get(), &found) != 0) return false;
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return false;
  const auto process = static_cast<pid_t>(*pid);
  const bool dead =
      process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
  const bool here = text.ends_with("." + host);
  return (here && dead) || ::time(nullptr) - found.st_mtime > kStaleSeconds;
}

}  // namespace

Maildir::Maildir(std::string path)
    : path_(std::move(path)), host_(host_part()) {}

Maildir::~Maildir() {
  discard();
  for (auto& file : ended_) drop(file);
  if (tmp_ >= 0) ::close(tmp_);
  if (new_ >= 0) ::close(new_);
}

Result<std::unique_ptr<Maildir>> Maildir::open(const std::string& path) {
  for (const char* folder : {"/tmp", "/new", "/cur"}) {
    if (auto made = create_folder(path + folder); !made) {
      return std::move(made).error();
    }
  }
  std::unique_ptr<Maildir> maildir(new Maildir(path));
  if (auto opened = maildir->open_folders(); !opened) {
    return std::move(opened).error();
  }
  maildir->remove_stale();
  return maildir;
}

Result<void> Maildir::open_folders() {
  const auto flags = O_RDONLY | O_DIRECTORY;
  tmp_ = sys_open(AT_FDCWD, (path_ + "/tmp").c_str(), flags, 0);
  if (tmp_ < 0) return system_error("open", path_ + "/tmp", errno);
  new_ = sys_open(AT_FDCWD, (path_ + "/new").c_str(), flags, 0);
  if (new_ < 0) return system_error("open", path_ + "/new", errno);
  return {};
}

void Maildir::remove_stale() {
  DIR* folder = ::opendir((path_ + "/tmp").c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder)) {
    if (is_stale(tmp_, entry->d_name, host_)) {
      (void)sys_unlink(tmp_, entry->d_name);
    }
  }
  ::closedir(folder);
}

Result<void> Maildir::recognise_in(const std::string& folder) {
  const auto path = path_ + folder;
  DIR* open_folder = ::opendir(path.c_str());
  if (open_folder == nullptr) return system_error("read", path, errno);
  errno = 0;
  while (const dirent* entry = ::readdir(open_folder)) {
    DeliveryKey key;
    if (take_key(entry->d_name, key)) known_.push_back(key);
    errno = 0;
  }
  const int error = errno;
  ::closedir(open_folder);
  if (error != 0) return system_error("read", path, error);
  return {};
}

// new before cur: a mail reader may move a file from one to the other
// meanwhile, and must not slip through between.
Result<void> Maildir::recognise() {
  known_.clear();
  if (auto read = recognise_in("/new"); !read) return read;
  if (auto read = recognise_in("/cur"); !read) return read;
  std::sort(known_.begin(), known_.end());
  return {};
}

bool Maildir::holds(const DeliveryKey& key) const {
  return std::binary_search(known_.begin(), known_.end(), key) ||
         std::find(recent_.begin(), recent_.end(), key) != recent_.end();
}

Result<void> Maildir::begin() {
  current_ = {};
  current_.temporary = std::string(kTemporaryPrefix) +
                       std::to_string(::getpid()) + "Q" + next_counter() + "." +
                       std::to_string(::time(nullptr)) + "." + host_;
  current_.descriptor =
      sys_open(tmp_, current_.temporary.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (current_.descriptor < 0) {
    return system_error("create", path_ + "/tmp/" + current_.temporary, errno,
                        ErrorKind::cannot_create);
  }
  // Tells other runs that the writer lives; where locks do not work, the
  // process id in the name has to do.
  (void)::flock(current_.descriptor, LOCK_EX | LOCK_NB);
  buffer_.clear();
  return {};
}

Result<void> Maildir::drain() {
  if (!sys_write_all(current_.descriptor, buffer_)) {
    return system_error("write", path_ + "/tmp/" + current_.temporary, errno);
  }
  buffer_.clear();
  return {};
}

Result<void> Maildir::write(std::string_view octets) {
  buffer_ += octets;
  return buffer_.size() < kBufferOctets ? Result<void>{} : drain();
}

void Maildir::drop(File& file) noexcept {
  if (file.descriptor < 0) return;
  (void)sys_unlink(tmp_, file.temporary.c_str());
  ::close(file.descriptor);
  file.descriptor = -1;
}

void Maildir::discard() noexcept {
  drop(current_);
  buffer_.clear();
}

Result<void> Maildir::end(const DeliveryKey& key) {
  if (auto drained = drain(); !drained) return drained;
  sys_start_writeback(current_.descriptor);
  current_.key = key;
  ended_.push_back(std::exchange(current_, {}));
  recent_.push_back(key);
  if (recent_.size() >= kRecentKeys) {
    known_.insert(known_.end(), recent_.begin(), recent_.end());
    std::sort(known_.begin(), known_.end());
    recent_.clear();
  }
  return {};
}

Result<void> Maildir::move_all(const std::vector<File>& files) {
  for (const auto& file : files) {
    if (sys_fsync(file.descriptor) != 0) {
      return system_error("sync", path_ + "/tmp/" + file.temporary, errno);
    }
  }
  for (const auto& file : files) {
    const auto name = delivered_name(file.key, host_);
    if (sys_rename_new(tmp_, file.temporary.c_str(), new_, name.c_str()) != 0) {
      return system_error("deliver", path_ + "/new/" + name, errno);
    }
    delivered_.push_back(path_ + "/new/" + name);
  }
  if (sys_fsync(new_) != 0) return system_error("sync", path_ + "/new", errno);
  return {};
}

Result<void> Maildir::commit() {
  delivered_.clear();
  if (ended_.empty()) return {};
  auto files = std::exchange(ended_, {});
  auto moved = move_all(files);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i < delivered_.size()) {
      ::close(files[i].descriptor);
    } else {
      drop(files[i]);
    }
  }
  return moved;
}

}  // namespace mailtool::store
