#include "app/extract_folder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>

#include "app/safe_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::uint64_t kMostOfOneName = 1'000'000'000;
// Names that are remembered; beyond, numbers are found by looking.
constexpr std::size_t kMostNames = 100'000;
constexpr int kMostRaces = 100;

Error cannot_create(const std::string& shown, const char* why) {
  return Error{ErrorKind::cannot_create, why, "cannot create " + shown};
}

}  // namespace

/// The last number that a name was given, 1 for the name itself. Of a run that
/// creates files, only names that were taken; of a dry run, all.
class ExtractFolder::Names {
 public:
  std::mutex mutex;

  std::uint64_t& last_of(const std::string& wanted) {
    if (last_.size() >= kMostNames && !last_.contains(wanted)) last_.clear();
    return last_[wanted];
  }
  [[nodiscard]] bool has(const std::string& wanted) const {
    return last_.contains(wanted);
  }

 private:
  std::unordered_map<std::string, std::uint64_t> last_;
};

ExtractFolder::ExtractFolder(int descriptor, std::string path, bool dry_run)
    : descriptor_(descriptor),
      path_(std::move(path)),
      dry_run_(dry_run),
      names_(std::make_unique<Names>()) {}

ExtractFolder::ExtractFolder(ExtractFolder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      dry_run_(other.dry_run_),
      names_(std::move(other.names_)) {}

ExtractFolder::~ExtractFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<ExtractFolder> ExtractFolder::open(const std::string& path,
                                          bool dry_run) {
  const auto failed = [&] {
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 "cannot create the folder " + printable(path)};
  };
  if (!dry_run && ::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    return failed();
  }
  const int descriptor =
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 && !(dry_run && errno == ENOENT)) return failed();
  return ExtractFolder(descriptor, path, dry_run);
}

bool ExtractFolder::is_taken(const std::string& name) const {
  struct stat found {};
  return descriptor_ >= 0 && ::fstatat(descriptor_, name.c_str(), &found,
                                       AT_SYMLINK_NOFOLLOW) == 0;
}

// A number that is free while the one before it is taken: doubling finds one
// that is free, halving the first of its run.
std::uint64_t ExtractFolder::free_number(const std::string& wanted) const {
  std::uint64_t taken = 1;
  std::uint64_t free = 2;
  while (free < kMostOfOneName && is_taken(numbered_name(wanted, free))) {
    taken = free;
    free *= 2;
  }
  while (free - taken > 1) {
    const auto middle = taken + (free - taken) / 2;
    (is_taken(numbered_name(wanted, middle)) ? taken : free) = middle;
  }
  return free;
}

Result<ExtractFolder::NewFile> ExtractFolder::create(
    const std::string& wanted) {
  const std::lock_guard lock(names_->mutex);
  if (names_->has(wanted)) return create_numbered(wanted);
  if (dry_run_) {
    if (is_taken(wanted)) return create_numbered(wanted);
    names_->last_of(wanted) = 1;
    return NewFile{-1, wanted};
  }
  const int file = ::openat(descriptor_, wanted.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                            0666);
  if (file >= 0) return NewFile{file, wanted};
  if (errno != EEXIST) return cannot_create(shown(wanted), std::strerror(errno));
  return create_numbered(wanted);
}

Result<ExtractFolder::NewFile> ExtractFolder::create_numbered(
    const std::string& wanted) {
  auto last = names_->last_of(wanted);
  for (int races = 0; races < kMostRaces && last < kMostOfOneName; ++races) {
    auto number = last + 1;
    if (number == 1 || is_taken(numbered_name(wanted, number))) {
      number = free_number(wanted);
    }
    last = number;
    names_->last_of(wanted) = number;
    const auto name = numbered_name(wanted, number);
    if (dry_run_) {
      names_->last_of(name) = 1;
      return NewFile{-1, name};
    }
    const int file = ::openat(
        descriptor_, name.c_str(),
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file >= 0) return NewFile{file, name};
    if (errno != EEXIST) return cannot_create(shown(name), std::strerror(errno));
  }
  return cannot_create(shown(wanted), "there are too many of that name");
}

void ExtractFolder::remove(const std::string& name) const {
  if (!dry_run_) ::unlinkat(descriptor_, name.c_str(), 0);
}

std::string ExtractFolder::path_of(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string ExtractFolder::shown(std::string_view name) const {
  const auto path = path_of(name);
  return printable(path, path.size());
}

Result<void> DescriptorSink::write(std::string_view octets) {
  while (!octets.empty()) {
    const auto written = ::write(descriptor_, octets.data(), octets.size());
    if (written >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return Error{ErrorKind::local_io, std::strerror(errno)};
    }
  }
  return {};
}

}  // namespace mailtool::app
