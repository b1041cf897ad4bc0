#include "app/mbox_lookahead.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mailtool::app {
namespace {

// Into memory that is there already.
class SpanSink : public Sink {
 public:
  explicit SpanSink(std::span<char> into) : into_(into) {}
  Result<void> write(std::string_view octets) override {
    std::memcpy(into_.data(), octets.data(), octets.size());
    into_ = into_.subspan(octets.size());
    return {};
  }

 private:
  std::span<char> into_;
};

}  // namespace

Result<std::size_t> FileLookahead::read_at(std::uint64_t offset,
                                           std::span<char> into) {
  std::size_t count = 0;
  while (count < into.size()) {
    const auto got =
        ::pread(descriptor_, into.data() + count, into.size() - count,
                static_cast<off_t>(start_ + offset + count));
    if (got < 0 && errno == EINTR) continue;
    // An offset beyond what the system takes is beyond the end.
    if (got < 0 && errno != EINVAL && errno != EOVERFLOW) {
      return Error{ErrorKind::local_io, std::strerror(errno)};
    }
    if (got <= 0) break;
    count += static_cast<std::size_t>(got);
  }
  return count;
}

Result<std::size_t> PipeLookahead::read_some(std::span<char> into) {
  const auto spooled = spool_begin_ + spool_.size() - position_;
  if (spooled == 0) {
    if (ended_) return std::size_t{0};
    auto count = source_.read_some(into);
    if (count) position_ += *count;
    if (count && *count == 0) ended_ = true;
    if (spool_.size() > 0) {
      if (auto cleared = spool_.clear(); !cleared) return cleared.error();
    }
    spool_begin_ = position_;
    return count;
  }
  const auto count = std::min<std::uint64_t>(into.size(), spooled);
  SpanSink sink(into);
  auto copied = spool_.copy(position_ - spool_begin_, count, sink);
  if (!copied) return copied.error();
  position_ += count;
  return static_cast<std::size_t>(count);
}

Result<std::size_t> PipeLookahead::read_at(std::uint64_t offset,
                                           std::span<char> into) {
  const auto wanted = offset + into.size();
  std::array<char, 16 * 1024> piece;
  while (!ended_ && spool_begin_ + spool_.size() < wanted) {
    const auto count = source_.read_some(piece);
    if (!count) return count.error();
    if (*count == 0) ended_ = true;
    auto kept = spool_.write({piece.data(), *count});
    if (!kept) return kept.error();
  }
  const auto end = spool_begin_ + spool_.size();
  if (offset >= end) return std::size_t{0};
  const auto count = std::min<std::uint64_t>(into.size(), end - offset);
  SpanSink sink(into);
  auto copied = spool_.copy(offset - spool_begin_, count, sink);
  if (!copied) return copied.error();
  return static_cast<std::size_t>(count);
}

}  // namespace mailtool::app
