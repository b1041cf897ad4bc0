#include "mime/html_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kBuffer = 16 * 1024;
constexpr std::size_t kMaxCaptured = 2048;
constexpr std::string_view kNonJoiner = "\xe2\x80\x8c";
constexpr std::string_view kJoiner = "\xe2\x80\x8d";

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// True for the first octets of code points that may be a blank or have no
// width.
bool may_be_special(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet == 0xc2 || octet == 0xcd || octet == 0xe1 || octet == 0xe2 ||
         octet == 0xef;
}

std::size_t length_of(char lead) {
  const auto octet = static_cast<unsigned char>(lead);
  return octet < 0xc0 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
}

// How many octets at the end are the start of a code point.
std::size_t unfinished(std::string_view octets) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, octets.size());
       ++back) {
    const char c = octets[octets.size() - back];
    if (!is_8bit(c)) return 0;
    if (length_of(c) > 1) return length_of(c) > back ? back : 0;
  }
  return 0;
}

// No-break, en, em, thin and the like.
bool is_wide_blank(std::string_view point) {
  if (point == "\xc2\xa0" || point == "\xe2\x81\x9f") return true;
  if (point.size() != 3 || !point.starts_with("\xe2\x80")) return false;
  const auto last = static_cast<unsigned char>(point[2]);
  return last <= 0x8a || last == 0xaf;
}

// Soft hyphen, grapheme joiner, zero-width space, byte order mark and the like.
bool is_invisible(std::string_view point) {
  if (point == "\xc2\xad" || point == "\xcd\x8f" || point == "\xe1\xa0\x8e" ||
      point == "\xe2\x80\x8b" || point == "\xef\xbb\xbf") {
    return true;
  }
  if (point.size() != 3 || !point.starts_with("\xe2\x81")) return false;
  const auto last = static_cast<unsigned char>(point[2]);
  return last >= 0xa0 && last <= 0xa4;
}

}  // namespace

void HtmlWriter::reset(Sink& out) {
  auto buffer = std::move(buffer_);
  buffer.clear();
  *this = HtmlWriter();
  buffer_ = std::move(buffer);
  out_ = &out;
}

void HtmlWriter::text(std::string_view octets) {
  while (held_size_ > 0 && !octets.empty()) {
    held_[held_size_++] = octets.front();
    octets.remove_prefix(1);
    if (held_size_ < length_of(held_[0])) continue;
    whole_text({held_.data(), std::exchange(held_size_, 0)});
  }
  const auto left = unfinished(octets);
  whole_text(octets.substr(0, octets.size() - left));
  std::memcpy(held_.data() + held_size_, octets.data() + octets.size() - left,
              left);
  held_size_ += left;
}

void HtmlWriter::whole_text(std::string_view octets) {
  while (!octets.empty()) {
    std::size_t word = 0;
    while (word < octets.size() && !is_space(octets[word]) &&
           octets[word] != '\0' && !may_be_special(octets[word])) {
      ++word;
    }
    if (word > 0) {
      put(octets.substr(0, word));
    } else if (may_be_special(octets.front())) {
      word = take_special(octets);
    } else {
      take_space(octets.front());
      word = 1;
    }
    octets.remove_prefix(word);
  }
}

void HtmlWriter::take_space(char c) {
  if (c == '\0') return;
  if (!preformatted_) {
    blank_ = true;
  } else if (c == '\n') {
    // Its empty lines are kept.
    if (started_ && marker_.empty()) ++owed_;
  } else if (c != '\r') {
    put({&c, 1});
  }
}

// Takes a code point; returns its length.
std::size_t HtmlWriter::take_special(std::string_view octets) {
  const auto point = octets.substr(0, next_code_point(octets).octets);
  if (is_wide_blank(point)) {
    take_space(' ');
  } else if (point == kJoiner || point == kNonJoiner) {
    joiner(point == kJoiner ? kJoiner : kNonJoiner);
  } else if (!is_invisible(point)) {
    put(point);
  }
  return point.size();
}

// Between letters of some scripts, and in emoji, joiners matter; elsewhere they
// fill up the lines that a mail program shows beside the subject.
void HtmlWriter::joiner(std::string_view octets) {
  const bool after_letter = last_8bit_ && owed_ == 0 && !blank_ && !tab_;
  joiner_ = after_letter ? octets : std::string_view();
}

void HtmlWriter::put(std::string_view text) {
  const auto joins = std::exchange(joiner_, {});
  if (!joins.empty() && owed_ == 0 && !blank_ && is_8bit(text.front())) {
    write(joins);
  }
  begin_text();
  write(text);
  if (capturing_) {
    captured_ += text.substr(0, kMaxCaptured - captured_.size());
  }
}

void HtmlWriter::literal(std::string_view text) {
  if (text.empty()) return;
  joiner_ = {};
  begin_text();
  write(text);
}

// Writes what is due before a text.
void HtmlWriter::begin_text() {
  const bool first = !std::exchange(started_, true);
  if (first || owed_ > 0) {
    if (owed_ > 1) {
      const auto quotes = std::min(line_quotes_, quotes_);
      const std::string empty = '\n' + std::string(quotes, '>');
      write_repeated(empty, owed_ - 1);
    }
    if (owed_ > 0) write("\n");
    put_prefix();
  } else if (tab_) {
    write("\t");
  } else if (blank_) {
    write(" ");
  }
  owed_ = 0;
  blank_ = tab_ = false;
}

void HtmlWriter::put_prefix() {
  line_quotes_ = quotes_;
  if (quotes_ > 0) write(std::string(quotes_, '>') + ' ');
  auto spaces = indent_;
  if (!marker_.empty()) spaces -= std::min<std::size_t>(spaces, 2);
  if (spaces > 0) write(std::string(spaces, ' '));
  write(std::exchange(marker_, {}));
}

void HtmlWriter::break_line() {
  blank_ = tab_ = false;
  // Behind a list's marker the line has no text yet.
  if (started_ && marker_.empty()) owed_ = std::max<std::uint64_t>(owed_, 1);
}

void HtmlWriter::break_paragraph() {
  break_line();
  if (owed_ > 0 && marker_.empty()) owed_ = std::max<std::uint64_t>(owed_, 2);
}

void HtmlWriter::add_line_end() {
  const auto before = owed_;
  break_line();
  if (before == 1 && marker_.empty()) owed_ = 2;
}

void HtmlWriter::begin_cell() {
  if (started_ && owed_ == 0) tab_ = true;
}

void HtmlWriter::begin_capture() {
  captured_.clear();
  capturing_ = true;
}

std::string HtmlWriter::end_capture() {
  capturing_ = false;
  return std::exchange(captured_, {});
}

void HtmlWriter::write(std::string_view text) {
  if (buffer_.size() + text.size() > kBuffer) flush();
  if (!text.empty()) last_8bit_ = is_8bit(text.back());
  if (text.size() > kBuffer) {
    if (written_) written_ = out_->write(text);
  } else {
    buffer_ += text;
  }
}

void HtmlWriter::write_repeated(std::string_view text, std::uint64_t count) {
  for (; count > 0; --count) write(text);
}

void HtmlWriter::flush() {
  if (!buffer_.empty() && written_) written_ = out_->write(buffer_);
  buffer_.clear();
}

Result<void> HtmlWriter::take_failure() { return std::exchange(written_, {}); }

Result<void> HtmlWriter::finish() {
  if (started_) write("\n");
  flush();
  return take_failure();
}

}  // namespace mailtool::mime
