#include "mailtool/store/spool.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace mailtool::store {
namespace {

// A name only for the moment between creation and unlink, on file systems that
// cannot make a file without one.
int open_unnamed(const std::string& folder) {
  const int unnamed =
      ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0) return unnamed;
  std::string path = folder + "/mailtool-XXXXXX";
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

class MemorySource : public Source {
 public:
  explicit MemorySource(std::string_view text) : rest_(text) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min(into.size(), rest_.size());
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

// From `offset` on: first what is in the file, then the tail in memory.
class FileSource : public Source {
 public:
  FileSource(int descriptor, std::uint64_t size, std::string_view tail,
             std::uint64_t offset)
      : descriptor_(descriptor),
        in_file_(size - tail.size()),
        offset_(offset),
        tail_(tail.substr(offset > in_file_ ? offset - in_file_ : 0)) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    if (offset_ >= in_file_) return tail_.read_some(into);
    const auto want = std::min<std::uint64_t>(into.size(), in_file_ - offset_);
    for (;;) {
      const auto count =
          ::pread(descriptor_, into.data(), want, static_cast<off_t>(offset_));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        return Error{ErrorKind::local_io,
                     std::string("cannot read the spooled message: ") +
                         (count < 0 ? std::strerror(errno) : "it is cut off")};
      }
      offset_ += static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
  }

 private:
  int descriptor_;
  std::uint64_t in_file_;
  std::uint64_t offset_;
  MemorySource tail_;
};

}  // namespace

Spool::~Spool() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Spool::write(std::string_view octets) {
  memory_ += octets;
  size_ += octets.size();
  return memory_.size() > kInMemory ? to_file() : Result<void>();
}

Result<void> Spool::to_file() {
  if (descriptor_ < 0) descriptor_ = open_unnamed(folder_);
  if (descriptor_ < 0) {
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 "cannot spool the message in " + folder_, "",
                 "make room there, or name a folder that has some: TMPDIR, or "
                 "of fetch --state"};
  }
  std::string_view rest = memory_;
  while (!rest.empty()) {
    const auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return Error{ErrorKind::local_io, std::strerror(errno),
                   "cannot spool the message in " + folder_, "",
                   "make room there, or name a folder that has some: TMPDIR, "
                   "or of fetch --state"};
    }
  }
  memory_.clear();
  return {};
}

Result<void> Spool::clear() {
  memory_.clear();
  size_ = 0;
  if (descriptor_ < 0) return {};
  if (::ftruncate(descriptor_, 0) != 0 ||
      ::lseek(descriptor_, 0, SEEK_SET) != 0) {
    return Error{ErrorKind::local_io, std::strerror(errno),
                 "cannot spool the message in " + folder_};
  }
  return {};
}

std::unique_ptr<Source> Spool::source() const {
  if (descriptor_ < 0) return std::make_unique<MemorySource>(memory_);
  return std::make_unique<FileSource>(descriptor_, size_, memory_, 0);
}

// Through /proc, so that whoever reads it can neither write to it nor move an
// offset of ours.
Result<int> Spool::open_file() {
  if (descriptor_ < 0 || !memory_.empty()) {
    if (auto moved = to_file(); !moved) return std::move(moved).error();
  }
  const auto path = "/proc/self/fd/" + std::to_string(descriptor_);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0) return file;
  return Error{ErrorKind::cannot_create, std::strerror(errno),
               "cannot read the spooled message in " + folder_};
}

Result<void> Spool::copy(std::uint64_t offset, std::uint64_t length,
                         Sink& to) const {
  if (offset > size_ || length > size_ - offset) {
    return Error{ErrorKind::local_io, "the spooled message is shorter"};
  }
  if (descriptor_ < 0) {
    return to.write(std::string_view(memory_).substr(offset, length));
  }
  FileSource source(descriptor_, size_, memory_, offset);
  std::string piece(64 * 1024, '\0');
  while (length > 0) {
    const auto count = source.read_some(
        {piece.data(), std::min<std::uint64_t>(length, piece.size())});
    if (!count) return count.error();
    auto written = to.write(std::string_view(piece).substr(0, *count));
    if (!written) return written;
    length -= *count;
  }
  return {};
}

}  // namespace mailtool::store
