#include "serve/octet_window.h"

#include <algorithm>
#include <span>

namespace mailtool::serve {

Result<std::string_view> SourceWindow::at(std::uint64_t offset) {
  const auto end = begin_ + octets_.size();
  if (offset >= begin_ && offset < end) {
    return std::string_view(octets_).substr(
        static_cast<std::size_t>(offset - begin_));
  }
  if (offset != end) {
    if (auto there = source_->seek(offset); !there) return there.error();
  }
  begin_ = offset;
  octets_.resize(held_);
  std::size_t count = 0;
  while (count < held_) {
    const auto read = source_->read_some(std::span(octets_).subspan(count));
    if (!read) {
      // Where the source stands now is not known: no window ends there.
      octets_.clear();
      begin_ = UINT64_MAX;
      return read.error();
    }
    if (*read == 0) break;
    count += *read;
  }
  octets_.resize(count);
  return std::string_view(octets_);
}

}  // namespace mailtool::serve
