#include "store/crlf_source.h"

#include <algorithm>
#include <cstring>

#include "store/message_source.h"

namespace mailtool::store {

// The next of it; none at the end.
Result<void> CrlfSource::fill() {
  ready_offset_ += ready_.size();
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
  return {};
}

Result<std::size_t> CrlfSource::read_some(std::span<char> into) {
  if (begin_ == ready_.size()) {
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
  const auto count = std::min(into.size(), ready_.size() - begin_);
  std::memcpy(into.data(), ready_.data() + begin_, count);
  begin_ += count;
  return count;
}

Result<void> CrlfSource::seek(std::uint64_t offset) {
  if (offset < ready_offset_) {
    if (auto back = inner_->seek(0); !back) return back;
    ready_.clear();
    ready_offset_ = 0;
    cr_ = false;
  }
  while (offset > ready_offset_ + ready_.size()) {
    if (auto filled = fill(); !filled) return filled;
    if (ready_.empty()) break;
  }
  const auto into = std::min<std::uint64_t>(offset - ready_offset_, ready_.size());
  begin_ = static_cast<std::size_t>(into);
  return {};
}

Result<std::uint64_t> octets_with_crlf(int file) {
  CrlfSource source(std::make_unique<MessageSource>(file));
  std::uint64_t octets = 0;
  char buffer[16 * 1024];
  while (true) {
    const auto count = source.read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) return octets;
    octets += *count;
  }
}

}  // namespace mailtool::store
