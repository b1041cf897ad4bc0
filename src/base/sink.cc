#include "mailtool/base/sink.h"

#include <algorithm>
#include <vector>

namespace mailtool {

Result<void> copy_all(Source& from, Sink& to) {
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const auto count = from.read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) return {};
    auto written = to.write({buffer.data(), *count});
    if (!written) return written;
  }
}

Result<void> StringSink::write(std::string_view octets) {
  if (octets.size() > max_octets_ - text_.size()) {
    return Error{ErrorKind::bad_input,
                 "more than " + std::to_string(max_octets_) + " octets"};
  }
  text_ += octets;
  return {};
}

Result<std::size_t> StringSource::read_some(std::span<char> into) {
  const auto count = std::min(into.size(), rest_.size());
  std::copy_n(rest_.begin(), count, into.begin());
  rest_.remove_prefix(count);
  return count;
}

}  // namespace mailtool
