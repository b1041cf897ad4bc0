#include "mailtool/base/line_reader.h"

#include <cstring>

namespace mailtool {
namespace {

constexpr std::size_t kReadOctets = 64 * 1024;

Error too_long(std::size_t max_octets) {
  return Error{ErrorKind::protocol, "line of more than " +
                                        std::to_string(max_octets) + " octets"};
}

}  // namespace

void LineReader::begin_wait(std::chrono::milliseconds budget) {
  budget_ = budget;
  since_renewal_ = 0;
  stream_.set_deadline(budget_);
}

Result<void> LineReader::fill() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0 && buffer_.size() - end_ < kReadOctets) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // Grows by what has arrived, never by what a peer announces.
  if (buffer_.size() - end_ < kReadOctets) buffer_.resize(end_ + kReadOctets);

  const auto count =
      stream_.read_some({buffer_.data() + end_, buffer_.size() - end_});
  if (!count) return count.error();
  if (*count == 0) {
    return Error{ErrorKind::disconnected, "connection closed by the server"};
  }
  end_ += *count;
  since_renewal_ += *count;
  if (since_renewal_ >= kRenewalOctets) {
    since_renewal_ = 0;
    stream_.set_deadline(budget_);
  }
  return {};
}

Result<std::string_view> LineReader::read_line(std::size_t max_octets) {
  std::size_t searched = 0;
  for (;;) {
    const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
    const auto lf = unread.find('\n', searched);
    if (lf != unread.npos) {
      bare_lf_ = lf == 0 || unread[lf - 1] != '\r';
      const auto line = unread.substr(0, bare_lf_ ? lf : lf - 1);
      if (line.size() > max_octets) return too_long(max_octets);
      begin_ += lf + 1;
      return line;
    }
    // One octet of grace: the CR of a CRLF still to come is not of the line.
    if (unread.size() > max_octets + 1) return too_long(max_octets);
    searched = unread.size();
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
}

Result<std::string_view> LineReader::peek() {
  if (begin_ == end_) {
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
  return std::string_view(buffer_.data() + begin_, end_ - begin_);
}

void LineReader::consume(std::size_t count) { begin_ += count; }

}  // namespace mailtool
