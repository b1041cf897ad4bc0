#include <algorithm>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "mailtool/signing/canonical.h"

namespace mailtool::signing {
namespace {

constexpr std::size_t kBuffer = 64 * 1024;

}  // namespace

BodyCanonicalizer::BodyCanonicalizer(Canonicalization kind, Sink& out)
    : kind_(kind), out_(out) {
  buffer_.reserve(kBuffer + 16);
}

Result<void> BodyCanonicalizer::flush() {
  if (failed_ && !buffer_.empty()) failed_ = out_.write(buffer_);
  buffer_.clear();
  return failed_;
}

// Empty lines count only if something follows them.
void BodyCanonicalizer::release_empty_lines() {
  for (; empty_lines_ > 0 && failed_; --empty_lines_) {
    buffer_ += "\r\n";
    if (buffer_.size() >= kBuffer) failed_ = flush();
  }
}

void BodyCanonicalizer::plain(std::string_view octets) {
  if (octets.empty()) return;
  if (!in_line_) {
    release_empty_lines();
    in_line_ = true;
    wrote_ = true;
  }
  if (held_blank_) {
    buffer_ += ' ';
    held_blank_ = false;
  }
  while (!octets.empty() && failed_) {
    const auto room = kBuffer - std::min(kBuffer, buffer_.size());
    const auto piece = octets.substr(0, std::max<std::size_t>(room, 1));
    buffer_ += piece;
    octets.remove_prefix(piece.size());
    if (buffer_.size() >= kBuffer) failed_ = flush();
  }
}

// Octets of one line, none of which ends it. In relaxed form a run of WSP is
// one SP, and nothing at the end of the line.
void BodyCanonicalizer::line_content(std::string_view octets) {
  if (kind_ == Canonicalization::simple) return plain(octets);
  while (!octets.empty()) {
    const auto end = std::find_if(octets.begin(), octets.end(), is_blank);
    const auto run = static_cast<std::size_t>(end - octets.begin());
    plain(octets.substr(0, run));
    octets.remove_prefix(run);
    while (!octets.empty() && is_blank(octets.front())) {
      held_blank_ = true;
      octets.remove_prefix(1);
    }
  }
}

void BodyCanonicalizer::line_end() {
  held_blank_ = false;
  if (in_line_) {
    buffer_ += "\r\n";
    in_line_ = false;
    if (buffer_.size() >= kBuffer) failed_ = flush();
  } else {
    ++empty_lines_;
  }
}

Result<void> BodyCanonicalizer::write(std::string_view octets) {
  while (!octets.empty() && failed_) {
    if (held_cr_) {
      held_cr_ = false;
      if (octets.front() != '\n') line_content("\r");
    }
    const void* found = std::memchr(octets.data(), '\n', octets.size());
    if (found == nullptr) {
      // The CR of a CRLF may be the last octet that has come.
      if (octets.back() == '\r') {
        held_cr_ = true;
        octets.remove_suffix(1);
      }
      line_content(octets);
      break;
    }
    auto line =
        octets.substr(0, static_cast<std::size_t>(
                             static_cast<const char*>(found) - octets.data()));
    octets.remove_prefix(line.size() + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line_content(line);
    line_end();
  }
  return failed_;
}

// The last line has an end even where the message has none. An empty body is
// one CRLF in simple form and nothing in relaxed form.
Result<void> BodyCanonicalizer::finish() {
  if (held_cr_) {
    held_cr_ = false;
    line_content("\r");
  }
  if (in_line_) line_end();
  if (!wrote_ && kind_ == Canonicalization::simple) buffer_ += "\r\n";
  return flush();
}

}  // namespace mailtool::signing
