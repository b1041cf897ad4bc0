#include "app/imap_batch_lines.h"

#include <array>
#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

bool says_nothing(std::string_view line) {
  const auto text = trim(line);
  return text.empty() || text.front() == '#';
}

}  // namespace

// False at the end of the source.
Result<bool> BatchLines::read_line(std::string& line) {
  std::size_t searched = begin_;
  while (true) {
    const auto end = buffer_.find('\n', searched);
    const auto size = (end == buffer_.npos ? buffer_.size() : end) - begin_;
    if (size > kBatchLineOctets) {
      return Error{ErrorKind::bad_input,
                   "a line of more than " + std::to_string(kBatchLineOctets) +
                       " octets"};
    }
    if (end != buffer_.npos || (ended_ && size > 0)) {
      line = buffer_.substr(begin_, size);
      if (line.ends_with('\r')) line.pop_back();
      begin_ += size + (end == buffer_.npos ? 0 : 1);
      return true;
    }
    if (ended_) return false;
    buffer_.erase(0, std::exchange(begin_, 0));
    searched = buffer_.size();
    std::array<char, 8192> octets{};
    const auto count = source_.read_some(octets);
    if (!count) return count.error();
    ended_ = *count == 0;
    buffer_.append(octets.data(), *count);
  }
}

Result<std::optional<std::string>> BatchLines::next() {
  std::string line;
  while (true) {
    ++number_;
    auto read = read_line(line);
    if (!read) return std::move(read).error();
    if (!*read) return std::optional<std::string>();
    if (line.find('\0') != line.npos) {
      return Error{ErrorKind::bad_input, "NUL in a line"};
    }
    if (!says_nothing(line)) return std::optional(std::move(line));
  }
}

}  // namespace mailtool::app
