#include "composer_content.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kLookAhead = std::size_t{1024} * 1024;
constexpr std::size_t kPiece = std::size_t{64} * 1024;

}  // namespace

Result<Head> look_ahead(Source& from) {
  Head head;
  while (head.text.size() < kLookAhead) {
    const auto have = head.text.size();
    head.text.resize(std::min(have + kPiece, kLookAhead));
    const auto count = from.read_some(
        std::span<char>(head.text.data() + have, head.text.size() - have));
    if (!count) return count.error();
    head.text.resize(have + *count);
    if (*count == 0) {
      head.whole = true;
      break;
    }
  }
  return head;
}

Result<void> pour(const Head& head, Source& rest, Sink& to, char& last) {
  if (!head.text.empty()) {
    last = head.text.back();
    if (auto written = to.write(head.text); !written) return written;
  }
  if (head.whole) return {};
  std::string buffer(kPiece, '\0');
  for (;;) {
    const auto count = rest.read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) return {};
    last = buffer[*count - 1];
    auto written = to.write(std::string_view(buffer).substr(0, *count));
    if (!written) return written;
  }
}

bool looks_like_utf8(const Head& head) {
  const std::string_view text = head.text;
  const auto rest = text.substr(valid_utf8_prefix(text));
  return rest.empty() || (!head.whole && ill_formed_prefix(rest).incomplete);
}

bool looks_like_text(const Head& head) {
  const bool controls =
      std::any_of(head.text.begin(), head.text.end(), [](char c) {
        return is_control(c) && c != '\t' && c != '\n' && c != '\r' && c != '\f';
      });
  return !controls && looks_like_utf8(head);
}

bool has_crlf_alone(std::string_view text) {
  char before = 0;
  for (const char c : text) {
    if ((c == '\n') != (before == '\r')) return false;
    before = c;
  }
  return before != '\r';
}

Result<std::size_t> CrlfSource::read_some(std::span<char> into) {
  if (into.empty()) return std::size_t{0};
  if (at_ == buffer_.size()) {
    std::string raw(kPiece, '\0');
    const auto count = from_->read_some(raw);
    if (!count) return count.error();
    raw.resize(*count);
    buffer_.clear();
    at_ = 0;
    for (const char c : raw) {
      if (c == '\n' && last_ != '\r') buffer_ += '\r';
      buffer_ += c;
      last_ = c;
    }
  }
  const auto count = std::min(into.size(), buffer_.size() - at_);
  std::memcpy(into.data(), buffer_.data() + at_, count);
  at_ += count;
  return count;
}

}  // namespace mailtool::mime
