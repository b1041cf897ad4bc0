#include "app/parse_units.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include "app/signals.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kFilesOfUnit = 64;
constexpr std::uint64_t kOctetsOfUnit = 1024 * 1024;
constexpr std::size_t kMessagesOfUnit = 8192;
// From this size on a file is looked into: it may be an mbox.
constexpr std::uint64_t kLargeFile = 2 * kOctetsOfUnit;

struct FileShape {
  bool regular = false;
  std::uint64_t size = 0;  // from where it is read on
  std::uint64_t start = 0;
};

FileShape shape_of(const MessageFolder& folder, std::size_t file) {
  const auto name = folder.name(file);
  const bool is_stdin = folder.is_arguments() && name == "-";
  struct stat status {};
  const int failed =
      is_stdin ? ::fstat(STDIN_FILENO, &status)
               : ::fstatat(folder.descriptor(), name.data(), &status, 0);
  FileShape shape;
  if (failed != 0 || !S_ISREG(status.st_mode)) return shape;
  shape.regular = true;
  shape.size = static_cast<std::uint64_t>(status.st_size);
  const auto position = is_stdin ? ::lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
  if (position > 0) shape.start = static_cast<std::uint64_t>(position);
  shape.size -= std::min(shape.size, shape.start);
  return shape;
}

std::shared_ptr<const SharedMbox> open_mbox(const MessageFolder& folder,
                                            std::size_t file,
                                            std::uint64_t start) {
  const auto name = folder.name(file);
  if (folder.is_arguments() && name == "-") {
    return std::make_shared<const SharedMbox>(STDIN_FILENO, false, start,
                                              folder.shown_name(file));
  }
  const int descriptor = ::openat(folder.descriptor(), name.data(),
                                  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return nullptr;
  return std::make_shared<const SharedMbox>(descriptor, true, 0,
                                            folder.shown_name(file));
}

}  // namespace

SharedMbox::~SharedMbox() {
  if (owned_) ::close(descriptor_);
}

// Collects where messages lie, and gives them away by the mebibyte.
class ParseUnits::Index : public MboxEvents {
 public:
  Index(ParseUnits& units, std::shared_ptr<const SharedMbox> mbox)
      : units_(units), mbox_(std::move(mbox)) {}

  void begin(std::uint64_t offset, MboxFlavour flavour) override {
    ranges_.push_back({offset, 0, flavour});
  }
  void octets(std::string_view part) override {
    ranges_.back().length += part.size();
  }
  Result<void> end() override {
    octets_ += ranges_.back().length;
    if (octets_ >= kOctetsOfUnit || ranges_.size() >= kMessagesOfUnit) flush();
    return {};
  }

  void flush() {
    if (ranges_.empty()) return;
    ParseUnit unit;
    unit.mbox = mbox_;
    unit.index = index_;
    index_ += ranges_.size();
    unit.ranges = std::exchange(ranges_, {});
    octets_ = 0;
    going_ = going_ && units_.give(std::move(unit));
  }
  /// For a message that was not read to its end.
  void drop_last() {
    if (!ranges_.empty()) ranges_.pop_back();
  }
  [[nodiscard]] bool going() const { return going_; }

 private:
  ParseUnits& units_;
  std::shared_ptr<const SharedMbox> mbox_;
  std::vector<MboxRange> ranges_;
  std::uint64_t octets_ = 0;
  std::uint64_t index_ = 0;
  bool going_ = true;
};

bool ParseUnits::give(ParseUnit unit) {
  unit.number = next_++;
  return take_(std::move(unit));
}

Result<void> ParseUnits::cut(MessageFiles& files) {
  for (;;) {
    auto folder = files.next();
    if (!folder) {
      ParseUnit unit;
      unit.error = std::move(folder).error();
      if (!give(std::move(unit))) return {};
      continue;
    }
    if (*folder == nullptr) return {};
    auto cut = cut_folder(*folder);
    if (!cut) return std::move(cut).error();
    if (!*cut) return {};
  }
}

Result<bool> ParseUnits::cut_folder(
    const std::shared_ptr<const MessageFolder>& folder) {
  ParseUnit unit;
  unit.folder = folder;
  std::uint64_t octets = 0;
  for (std::size_t file = 0; file < folder->size(); ++file) {
    FileShape shape;
    const bool one_message = folder->is_one_message(file);
    if (!one_message) shape = shape_of(*folder, file);
    const bool alone =
        !one_message && (!shape.regular || shape.size >= kLargeFile);
    octets += shape.size;
    if (unit.last > unit.first && (alone || octets > kOctetsOfUnit ||
                                   unit.last - unit.first == kFilesOfUnit)) {
      if (!give(unit)) return false;
      unit.first = file;
      octets = shape.size;
    }
    unit.last = file + 1;
    if (!alone) continue;
    Result<bool> going = false;
    auto mbox = shape.regular ? open_mbox(*folder, file, shape.start) : nullptr;
    if (mbox != nullptr) {
      going = cut_mbox(std::move(mbox), unit);
    } else {
      going = give(unit);
    }
    if (!going || !*going) return going;
    unit.first = unit.last = file + 1;
    octets = 0;
  }
  return unit.last == unit.first || give(std::move(unit));
}

// `whole` is the unit that the file makes if it is no mbox.
Result<bool> ParseUnits::cut_mbox(std::shared_ptr<const SharedMbox> mbox,
                                  const ParseUnit& whole) {
  constexpr auto kWindow = MessageReader::kWindow;
  if (buffer_ == nullptr) buffer_.reset(new char[kWindow]);
  Index index(*this, mbox);
  FileLookahead file(mbox->descriptor(), mbox->start());
  MboxSplitter splitter(index, &file);
  std::uint64_t begin = 0;
  std::size_t size = 0;
  std::optional<Error> failed;
  while (index.going()) {
    const auto count =
        file.read_at(begin + size, {buffer_.get() + size, kWindow - size});
    Result<std::size_t> taken = std::size_t{0};
    if (count) {
      size += *count;
      taken = splitter.take({buffer_.get(), size}, *count == 0);
    }
    if (!count || !taken) {
      failed = count ? taken.error() : count.error();
      break;
    }
    if (!splitter.is_mbox()) return give(whole);
    if (*count == 0) break;
    size -= *taken;
    begin += *taken;
    std::memmove(buffer_.get(), buffer_.get() + *taken, size);
    if (caught_signal() != 0) {
      return Error{ErrorKind::interrupted, "stopped by a signal"};
    }
  }
  if (failed) index.drop_last();
  index.flush();
  if (failed && index.going()) {
    ParseUnit unit;
    unit.error = std::move(*failed).at(mbox->source());
    return give(std::move(unit));
  }
  return index.going();
}

}  // namespace mailtool::app
