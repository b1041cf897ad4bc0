#include "app/message_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "app/file_source.h"
#include "app/sender_identity.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

// Enough for the header of most messages: the rest may never be wanted.
constexpr std::size_t kHeaderRead = 16 * 1024;

// A regular file: no read of it waits.
class PlainSource : public Source {
 public:
  explicit PlainSource(int descriptor) : descriptor_(descriptor) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    for (;;) {
      const auto count = ::read(descriptor_, into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) {
        return Error{ErrorKind::local_io, std::strerror(errno)};
      }
    }
  }

 private:
  int descriptor_;
};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Result<void> check_signal() {
  if (caught_signal() == 0) return {};
  return Error{ErrorKind::interrupted, "stopped by a signal"};
}

bool is_regular(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

bool is_of_one_message(const Error& error) {
  return error.kind == ErrorKind::no_input ||
         error.kind == ErrorKind::bad_input;
}

}  // namespace

// From the splitter to the consumer.
class MessageReader::Feed : public MboxEvents {
 public:
  Feed(MessageReader& reader, MessageConsumer& consumer, std::uint64_t start)
      : reader_(reader), consumer_(consumer), start_(start) {
    reader_.place_.index = 0;
  }

  void begin(std::uint64_t offset, MboxFlavour flavour) override {
    auto& place = reader_.place_;
    place.offset = start_ + offset;
    place.flavour = name_of(flavour);
    place.quoted_from = flavour == MboxFlavour::mboxrd;
    consumer_.begin_message(place);
    wanted_ = open_ = true;
    end_ = offset;
  }

  void octets(std::string_view part) override {
    if (wanted_) wanted_ = consumer_.octets(part);
    end_ += part.size();
  }

  Result<void> end() override {
    open_ = false;
    auto& place = reader_.place_;
    const auto octets = start_ + end_ - place.offset;
    auto ended = consumer_.end_message(reader_.options_.again ? &reader_.window_
                                                              : nullptr);
    ++place.index;
    ++place.count;
    reader_.report_.progressed(1, octets);
    if (ended || !is_of_one_message(ended.error())) {
      return ended ? check_signal() : ended;
    }
    reader_.report_.failed(std::move(ended).error().at(place.source));
    return check_signal();
  }

  // The window is about to change: what is wanted again must be kept.
  Result<void> leave_window() {
    auto& window = reader_.window_;
    if (!open_ || !reader_.options_.again || !window.keeps()) return {};
    return window.keep(reader_.place_.offset, start_ + end_);
  }

  [[nodiscard]] bool wanted() const { return wanted_; }
  [[nodiscard]] std::uint64_t start() const { return start_; }

 private:
  MessageReader& reader_;
  MessageConsumer& consumer_;
  std::uint64_t start_;
  std::uint64_t end_ = 0;  // of what was given of the message
  bool wanted_ = true;
  bool open_ = false;
};

MessageReader::MessageReader(ReaderOptions options, ParseReport& report)
    : options_(options),
      report_(report),
      buffer_(new char[kWindow]),
      window_(temporary_folder()) {}

Result<void> MessageReader::read(const MessageFolder& folder, std::size_t file,
                                 MessageConsumer& consumer) {
  if (auto going = check_signal(); !going) return going;
  const auto name = folder.name(file);
  place_.source = folder.shown_name(file);
  if (folder.is_arguments()) return read_argument(std::string(name), consumer);
  // A pipe or device that took the place of a file must not stop us.
  const Descriptor opened(
      ::openat(folder.descriptor(), name.data(),
               O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (opened.number() < 0) {
    return Error{ErrorKind::no_input, std::strerror(errno)};
  }
  window_.open(opened.number());
  Feed feed(*this, consumer, 0);
  if (folder.is_one_message(file)) return read_one(opened.number(), feed);
  if (!is_regular(opened.number())) return {};
  PlainSource source(opened.number());
  FileLookahead ahead(opened.number(), 0);
  return read_any(source, ahead, feed);
}

Result<void> MessageReader::read_argument(const std::string& path,
                                          MessageConsumer& consumer) {
  auto source = FileSource::open(path);
  if (!source) return std::move(source).error();
  if (is_regular(source->descriptor())) {
    // A file that is stdin may have been read in part by whoever came before.
    const auto start = source->position();
    window_.open(source->descriptor());
    Feed feed(*this, consumer, start);
    FileLookahead ahead(source->descriptor(), start);
    return read_any(*source, ahead, feed);
  }
  window_.open(-1);
  Feed feed(*this, consumer, 0);
  PipeLookahead pipe(*source, temporary_folder());
  return read_any(pipe, pipe, feed);
}

// A file that is one message: open, read and close are all that a header costs.
// Its kind was looked at when it was listed, and is again where it matters.
Result<void> MessageReader::read_one(int descriptor, Feed& feed) {
  PlainSource source(descriptor);
  std::uint64_t total = 0;
  do {
    const auto room =
        total == 0 && options_.header_only ? kHeaderRead : kWindow;
    const auto count = source.read_some({buffer_.get(), room});
    const bool odd = !count || *count == 0 || *count == room;
    if (odd && total == 0 && !is_regular(descriptor)) return {};
    if (!count) return count.error();
    if (*count == 0) break;
    window_.show({buffer_.get(), *count}, total);
    if (total == 0) feed.begin(0, MboxFlavour::none);
    feed.octets({buffer_.get(), *count});
    total += *count;
    if (auto going = check_signal(); !going) return going;
  } while (feed.wanted());
  if (total == 0) {
    return Error{ErrorKind::bad_input, "is empty, not a message"};
  }
  return feed.end();
}

Result<void> MessageReader::read_any(Source& source, MboxLookahead& ahead,
                                     Feed& feed) {
  MboxSplitter splitter(feed, &ahead);
  std::uint64_t begin = feed.start();  // of the window, in the input
  std::size_t size = 0;                // of the window
  bool any = false;
  for (;;) {
    const auto room = options_.header_only && !any ? kHeaderRead : kWindow;
    const auto count = source.read_some({buffer_.get() + size, room - size});
    if (!count) return count.error();
    size += *count;
    any = any || size > 0;
    const std::string_view window(buffer_.get(), size);
    window_.show(window, begin);
    const auto taken = splitter.take(window, *count == 0);
    if (!taken) return taken.error();
    if (*count == 0) break;
    if (*taken > 0 && !splitter.is_mbox() && !feed.wanted()) {
      return feed.end();
    }
    if (auto kept = feed.leave_window(); !kept) return kept;
    size -= *taken;
    begin += *taken;
    std::memmove(buffer_.get(), buffer_.get() + *taken, size);
    if (auto going = check_signal(); !going) return going;
  }
  if (any) return {};
  return Error{ErrorKind::bad_input, "is empty, not a message"};
}

Result<void> MessageReader::read(int descriptor, std::uint64_t start,
                                 const std::string& source, std::uint64_t index,
                                 std::span<const MboxRange> ranges,
                                 MessageConsumer& consumer) {
  if (ranges.empty()) return {};
  const auto end = ranges.back().offset + ranges.back().length;
  FileLookahead file(descriptor, start);
  window_.open(descriptor);
  place_.source = source;
  Feed feed(*this, consumer, start);
  place_.index = index;
  std::uint64_t begin = 0;  // of the window
  std::size_t size = 0;
  for (const auto& range : ranges) {
    feed.begin(range.offset, range.flavour);
    const auto range_end = range.offset + range.length;
    for (auto at = range.offset; at < range_end && feed.wanted();) {
      if (at < begin || at >= begin + size) {
        const auto room = std::min<std::uint64_t>(end - at, kWindow);
        const auto count = file.read_at(at, {buffer_.get(), room});
        if (!count) return count.error();
        if (*count == 0) {
          return Error{ErrorKind::local_io,
                       "the file became shorter while it was read"};
        }
        begin = at;
        size = *count;
        window_.show({buffer_.get(), size}, start + begin);
      }
      const auto part = std::min(range_end, begin + size) - at;
      feed.octets({buffer_.get() + (at - begin), part});
      at += part;
    }
    if (auto ended = feed.end(); !ended) return ended;
  }
  return {};
}

}  // namespace mailtool::app
