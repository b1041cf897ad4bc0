#include "app/mbox_splitter.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kFrom = "From ";
// Longest start of a line that is held back to be judged.
constexpr std::size_t kMaxFromLine = 300;

// From_ line = "From " address blanks asctime-date   ; RFC 4155 appendix A
//
// Lenient: anything with hh:mm in it, since the dates come in many forms.
bool is_from_line(std::string_view line) {
  if (!line.starts_with(kFrom)) return false;
  for (auto colon = line.find(':'); colon != line.npos;
       colon = line.find(':', colon + 1)) {
    if (colon >= 2 && colon + 2 < line.size() && is_digit(line[colon - 1]) &&
        is_digit(line[colon - 2]) && is_digit(line[colon + 1]) &&
        is_digit(line[colon + 2])) {
      return true;
    }
  }
  return false;
}

}  // namespace

void MboxSplitter::release_blank() {
  if (!blank_.empty()) events_.octets(std::exchange(blank_, {}));
}

void MboxSplitter::pass(std::string_view octets) {
  release_blank();
  events_.octets(octets);
}

// head_ holds as much of the line as is needed to judge it.
Result<void> MboxSplitter::at_line_start() {
  const auto begin = offset_ - head_.size();
  if (!started_) {
    started_ = true;
    is_mbox_ = is_from_line(head_);
    events_.begin(begin);
  } else if (is_mbox_ && after_blank_ && is_from_line(head_)) {
    blank_.clear();
    if (auto ended = events_.end(); !ended) return ended;
    events_.begin(begin);
  }
  line_start_ = false;
  after_blank_ = false;
  const auto head = std::exchange(head_, {});
  if (is_mbox_ && (head == "\n" || head == "\r\n")) {
    release_blank();
    blank_ = head;
    after_blank_ = true;
  } else if (!head.empty()) {
    pass(head);
  }
  if (head.ends_with('\n')) line_start_ = true;
  return {};
}

Result<void> MboxSplitter::feed(std::string_view octets) {
  while (!octets.empty()) {
    if (line_start_) {
      head_ += octets[0];
      octets.remove_prefix(1);
      ++offset_;
      const bool may_be_from =
          head_.size() <= kFrom.size()
              ? kFrom.starts_with(head_)
              : head_.size() < kMaxFromLine && head_.back() != '\n';
      if (may_be_from || head_ == "\r") continue;
      if (auto judged = at_line_start(); !judged) return judged;
      continue;
    }
    // Only an mbox has line starts that matter.
    const auto end = is_mbox_ ? octets.find('\n') : octets.npos;
    const auto length = end == octets.npos ? octets.size() : end + 1;
    pass(octets.substr(0, length));
    line_start_ = end != octets.npos;
    offset_ += length;
    octets.remove_prefix(length);
  }
  return {};
}

Result<void> MboxSplitter::finish() {
  if (!head_.empty()) {
    if (auto judged = at_line_start(); !judged) return judged;
  }
  return started_ ? events_.end() : Result<void>{};
}

}  // namespace mailtool::app
