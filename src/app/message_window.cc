#include "app/message_window.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace mailtool::app {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

Result<void> copy_file(int descriptor, std::uint64_t offset,
                       std::uint64_t length, Sink& to) {
  const auto room = std::min<std::uint64_t>(length, kPiece);
  const std::unique_ptr<char[]> piece(new char[room]);
  while (length > 0) {
    const auto count = ::pread(descriptor, piece.get(), std::min(length, room),
                               static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return Error{ErrorKind::local_io,
                   count < 0 ? std::strerror(errno)
                             : "the file became shorter while it was read"};
    }
    const auto octets = static_cast<std::size_t>(count);
    if (auto written = to.write({piece.get(), octets}); !written) {
      return written;
    }
    offset += octets;
    length -= octets;
  }
  return {};
}

}  // namespace

Result<void> MessageWindow::keep(std::uint64_t message, std::uint64_t to) {
  if (kept_end_ == 0 || kept_begin_ != message) {
    if (auto cleared = spool_.clear(); !cleared) return cleared;
    kept_begin_ = kept_end_ = message;
  }
  const auto from = std::max(kept_end_, offset_);
  if (to <= from) return {};
  kept_end_ = to;
  return spool_.write(window_.substr(from - offset_, to - from));
}

Result<void> MessageWindow::copy(std::uint64_t offset, std::uint64_t length,
                                 Sink& to) const {
  if (length == 0) return {};
  if (offset >= offset_ && offset - offset_ <= window_.size() &&
      length <= window_.size() - (offset - offset_)) {
    return to.write(window_.substr(offset - offset_, length));
  }
  if (descriptor_ >= 0) return copy_file(descriptor_, offset, length, to);
  // Its begin was kept, and its end may still be in the window.
  std::uint64_t kept = 0;
  if (offset >= kept_begin_ && offset < kept_end_) {
    kept = std::min(length, kept_end_ - offset);
    auto copied = spool_.copy(offset - kept_begin_, kept, to);
    if (!copied || kept == length) return copied;
  }
  const auto rest = offset + kept - offset_;
  if (offset + kept < offset_ || rest > window_.size() ||
      length - kept > window_.size() - rest) {
    return Error{ErrorKind::internal, "octets of another message"};
  }
  return to.write(window_.substr(rest, length - kept));
}

}  // namespace mailtool::app
