#include "app/mbox_splitter.h"

#include <algorithm>
#include <array>
#include <span>

#include "app/mbox_from_line.h"
#include "app/mbox_scan.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr auto kNone = std::string_view::npos;
// LF CR LF "From ", cut off before its last octet.
constexpr std::size_t kLongestSplit = 7;
constexpr std::string_view kContentLength = "content-length:";

// Octets of an empty line at the front: 0, 1 or 2.
std::size_t empty_line(std::string_view text) {
  if (text.starts_with('\n')) return 1;
  return text.starts_with("\r\n") ? 2 : 0;
}

// Octets of the empty line that `text` ends with, behind a line: 0, 1 or 2.
std::size_t empty_line_before(std::string_view text) {
  if (text.ends_with("\n\n")) return 1;
  return text.ends_with("\n\r\n") ? 2 : 0;
}

}  // namespace

std::string_view name_of(MboxFlavour flavour) {
  constexpr std::string_view kNames[] = {"", "mbox", "mboxrd", "mboxcl2"};
  return kNames[static_cast<std::size_t>(flavour)];
}

Result<std::size_t> MboxSplitter::take(std::string_view window, bool last) {
  window_ = window;
  last_ = last;
  at_ = 0;
  for (;;) {
    Result<bool> more = false;
    switch (state_) {
      case State::input: more = begin_input(); break;
      case State::message: more = begin_message(); break;
      case State::text: more = search(); break;
      case State::counted: more = count_down(); break;
      case State::gap: more = skip_gap(); break;
      case State::whole:
        pass_up_to(window_.size());
        more = end_of_input();
        break;
    }
    if (!more) return std::move(more).error();
    if (!*more) break;
  }
  search_ -= std::min(search_, at_);
  offset_ += at_;
  return at_;
}

void MboxSplitter::pass_up_to(std::size_t end) {
  if (end > at_) events_.octets(window_.substr(at_, end - at_));
  at_ = std::max(at_, end);
}

bool MboxSplitter::separates(std::string_view line) const {
  return is_from_line(line) || (bare_lines_ && is_bare_from_line(line));
}

Result<bool> MboxSplitter::end_of_input() {
  if (!last_) return false;
  state_ = State::gap;
  if (auto ended = events_.end(); !ended) return std::move(ended).error();
  return false;
}

// The message ends before `end` of the window; `next` is what follows.
Result<bool> MboxSplitter::end_at(std::size_t end, std::size_t next,
                                  State state) {
  pass_up_to(end);
  at_ = search_ = next;
  state_ = state;
  if (auto ended = events_.end(); !ended) return std::move(ended).error();
  return true;
}

Result<bool> MboxSplitter::begin_input() {
  const auto line = window_.substr(0, window_.find('\n'));
  const bool complete =
      line.size() < window_.size() || line.size() >= kMaxFromLine || last_;
  constexpr std::string_view kFrom = "From ";
  const bool may_be = line.starts_with(kFrom) || kFrom.starts_with(line);
  if (may_be && !complete) return false;
  if (window_.empty()) return false;
  bare_lines_ = is_bare_from_line(line);
  is_mbox_ = bare_lines_ || is_from_line(line);
  state_ = is_mbox_ ? State::message : State::whole;
  if (!is_mbox_) events_.begin(offset_, MboxFlavour::none);
  return true;
}

// Finds Content-Length and the end of the header; false: more octets are
// wanted to tell.
//
// Content-Length: 1*DIGIT                        ; of the body, in octets
bool MboxSplitter::look_at_header() {
  const auto limit = std::min(window_.size(), at_ + kHeaderLook);
  const auto look = window_.substr(0, limit);
  const bool cut_off = limit == window_.size() && !last_;
  for (;;) {
    const auto mark = find_header_mark(look, search_);
    if (mark == kNone) break;
    const auto line = look.substr(mark + 1);
    if (const auto empty = empty_line(line); empty > 0) {
      search_ = mark;
      body_ = mark + 1 + empty;
      return true;
    }
    const auto end = line.find('\n');
    // A line whose nature cannot be told yet.
    if (end == kNone && cut_off) return search_ = mark, false;
    if (!has_length_ && istarts_with(line, kContentLength)) {
      auto value = line.substr(0, end).substr(kContentLength.size());
      if (value.ends_with('\r')) value.remove_suffix(1);
      const auto length = parse_number(trim(value), MboxLookahead::kAnywhere);
      has_length_ = length.has_value();
      length_ = length.value_or(0);
    }
    search_ = mark + 1;
  }
  if (cut_off) {
    // The last LF may be the first half of a mark.
    search_ = std::max(search_, limit - std::min<std::size_t>(limit, 1));
    return false;
  }
  search_ = at_;
  return true;
}

// True if a From_ line stands at `offset` of the input, or its end, at most two
// empty lines aside. `offset` is behind the header, which is in the window.
Result<bool> MboxSplitter::leads_to_end(std::uint64_t offset) {
  // From the octet before it on: it shows that the message is all there, and
  // whether a line begins at `offset`.
  std::array<char, kMaxFromLine + 8> octets;
  std::size_t count = 0;
  auto at = offset - 1;
  if (at - offset_ < window_.size()) {
    count = window_.substr(at - offset_).copy(octets.data(), octets.size());
    at = offset_ + window_.size();
  }
  if (count < octets.size() && !last_) {
    const auto rest = std::span(octets).subspan(count);
    const auto got = ahead_->read_at(at, rest);
    if (!got) return got.error();
    count += *got;
  }
  if (count == 0) return false;
  const bool at_line_start = octets[0] == '\n';
  const auto text = std::string_view(octets.data(), count).substr(1);
  auto line = text;
  for (int i = 0; i < 2; ++i) line.remove_prefix(empty_line(line));
  if (line.empty()) return true;
  return (at_line_start || line.size() < text.size()) && separates(line);
}

Result<bool> MboxSplitter::begin_message() {
  if (at_ == window_.size()) return false;
  if (!look_at_header()) return false;
  state_ = State::text;
  if (has_length_ && body_ > 0 && ahead_ != nullptr &&
      length_ <= ahead_->most_ahead()) {
    until_ = offset_ + body_ + length_;
    auto leads = leads_to_end(until_);
    if (!leads) return leads;
    if (*leads) state_ = State::counted;
  }
  const bool counted = state_ == State::counted;
  counts_ = counts_ || counted;
  has_length_ = false;
  body_ = 0;
  events_.begin(offset_ + at_, counted   ? MboxFlavour::mboxcl2
                               : counts_ ? MboxFlavour::mbox
                                         : MboxFlavour::mboxrd);
  return true;
}

Result<bool> MboxSplitter::count_down() {
  const auto left = until_ - offset_;  // in the window, or beyond
  if (left > window_.size()) {
    pass_up_to(window_.size());
    return end_of_input();
  }
  return end_at(left, left, State::gap);
}

// Empty lines between a message that was counted and the next.
Result<bool> MboxSplitter::skip_gap() {
  const auto rest = window_.substr(at_);
  const auto empty = empty_line(rest);
  at_ += empty;
  search_ = at_;
  if (empty > 0) return true;
  if (rest.empty() || (rest == "\r" && !last_)) return false;
  state_ = State::message;
  return true;
}

Result<bool> MboxSplitter::search() {
  for (;;) {
    const auto lf = find_from_line(window_, search_);
    if (lf == kNone) break;
    const auto before = window_.substr(at_, lf + 1 - at_);
    const auto empty = empty_line_before(before);
    if (empty > 0) {
      const auto line = window_.substr(lf + 1, kMaxFromLine);
      const auto end = line.find('\n');
      if (end == kNone && line.size() < kMaxFromLine && !last_) {
        pass_up_to(lf - empty);
        search_ = lf;
        return false;
      }
      if (separates(line)) {
        return end_at(lf + 1 - empty, lf + 1, State::message);
      }
    }
    search_ = lf + 1;
  }
  const auto rest = window_.substr(at_);
  if (last_) {
    pass_up_to(window_.size() - empty_line_before(rest));
    at_ = window_.size();
    return end_of_input();
  }
  // What may be the begin of an empty line and a From_ line waits.
  const auto tail =
      std::max(at_, window_.size() - std::min(window_.size(), kLongestSplit));
  const auto held = std::min(window_.find('\n', tail), window_.size());
  pass_up_to(held);
  search_ = std::max(held, search_);
  return false;
}

}  // namespace mailtool::app
