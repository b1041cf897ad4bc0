#include "store/crlf_source.h"

#include <algorithm>
#include <cstring>

namespace mailtool::store {

Result<std::size_t> CrlfSource::read_some(std::span<char> into) {
  if (begin_ == ready_.size()) {
    ready_.clear();
    begin_ = 0;
    char buffer[16 * 1024];
    const auto count = inner_->read_some(buffer);
    if (!count) return count.error();
    for (const char c : std::string_view(buffer, *count)) {
      if (c == '\n' && !cr_) ready_ += '\r';
      ready_ += c;
      cr_ = c == '\r';
    }
  }
  const auto count = std::min(into.size(), ready_.size() - begin_);
  std::memcpy(into.data(), ready_.data() + begin_, count);
  begin_ += count;
  return count;
}

}  // namespace mailtool::store
