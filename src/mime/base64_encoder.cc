// base64 in bodies, encoded: RFC 2045 section 6.8.
#include <algorithm>

#include "base64_block.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kLines = 800;  // encoded at once
// With the rest of one line before them, and the beginning of one behind.
constexpr std::size_t kBufferOctets =
    (kLines + 2) * (kBase64LineCharacters + 2) + kBase64Slack;

}  // namespace

Result<void> Base64Encoder::write(std::string_view octets) {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBufferOctets);
  const auto encode_lines = encode_base64_lines(level_);
  end_ = buffer_.get();
  while (!octets.empty()) {
    const auto lines = std::min(octets.size() / kBase64LineOctets, kLines);
    if (column_ > 0 || held_octets_ > 0 || lines == 0) {
      take(octets.front());
      octets.remove_prefix(1);
      continue;
    }
    end_ = encode_lines(octets.data(), lines, end_);
    octets.remove_prefix(lines * kBase64LineOctets);
    if (octets.size() < kBase64LineOctets) continue;
    if (auto flushed = flush(); !flushed) return flushed;
  }
  return flush();
}

Result<void> Base64Encoder::flush() {
  const auto size = static_cast<std::size_t>(end_ - buffer_.get());
  end_ = buffer_.get();
  return size == 0 ? Result<void>{} : out_.write({buffer_.get(), size});
}

void Base64Encoder::take(char c) {
  held_[held_octets_++] = c;
  if (held_octets_ == held_.size()) encode_group();
}

// One to three octets to four characters, and a line end where it is due.
void Base64Encoder::encode_group() {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const auto octet = static_cast<unsigned char>(held_[i]);
    group = group << 8 | (i < held_octets_ ? octet : 0u);
  }
  *end_++ = kBase64Alphabet[group >> 18];
  *end_++ = kBase64Alphabet[group >> 12 & 63];
  *end_++ = held_octets_ > 1 ? kBase64Alphabet[group >> 6 & 63] : '=';
  *end_++ = held_octets_ > 2 ? kBase64Alphabet[group & 63] : '=';
  held_octets_ = 0;
  column_ += 4;
  if (column_ == kBase64LineCharacters) end_line();
}

void Base64Encoder::end_line() {
  *end_++ = '\r';
  *end_++ = '\n';
  column_ = 0;
}

Result<void> Base64Encoder::finish() {
  if (!buffer_) return {};  // nothing was written
  end_ = buffer_.get();
  if (held_octets_ > 0) encode_group();
  if (column_ > 0) end_line();
  return flush();
}

}  // namespace mailtool::mime
