// quoted-printable: RFC 2045 section 6.7.
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPieceOctets = 64 * 1024;
// Longest run of blanks that may still turn out to stand at a line end.
constexpr std::size_t kMaxHeld = 1000;
constexpr std::string_view kHex = "0123456789ABCDEF";

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_special(char c) {
  return c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

Result<void> QuotedPrintableDecoder::write(std::string_view octets) {
  while (!octets.empty()) {
    auto piece = octets.substr(0, kPieceOctets);
    octets.remove_prefix(piece.size());
    decoded_.clear();
    while (!piece.empty()) {
      if (!after_equals_ && held_.empty()) {
        std::size_t run = 0;
        while (run < piece.size() && !is_special(piece[run])) ++run;
        decoded_ += piece.substr(0, run);
        piece.remove_prefix(run);
        if (piece.empty()) break;
      }
      take(piece.front());
      piece.remove_prefix(1);
    }
    if (auto written = out_.write(decoded_); !written) return written;
  }
  return {};
}

void QuotedPrintableDecoder::take(char c) {
  if (after_equals_) {
    take_after_equals(c);
  } else {
    take_plain(c);
  }
}

// What is held is blanks, then at most one CR.
void QuotedPrintableDecoder::take_plain(char c) {
  const bool after_cr = held_.ends_with('\r');
  if (c == '\n') {
    held_.clear();  // rule 3: blanks at the end of a line go
    decoded_ += after_cr ? "\r\n" : "\n";
    return;
  }
  if (after_cr || (!is_blank(c) && c != '\r') || held_.size() >= kMaxHeld) {
    decoded_ += std::exchange(held_, {});
  }
  if (is_blank(c) || c == '\r') {
    held_ += c;
  } else if (c == '=') {
    after_equals_ = true;
  } else {
    decoded_ += c;
  }
}

// After "=" comes a hex pair, or the line end of a soft break with blanks
// allowed before it. Anything else was no encoding at all.
void QuotedPrintableDecoder::take_after_equals(char c) {
  if (held_.size() == 1 && hex_value(held_[0]) >= 0 && hex_value(c) >= 0) {
    decoded_ += static_cast<char>(hex_value(held_[0]) << 4 | hex_value(c));
    held_.clear();
    after_equals_ = false;
    return;
  }
  const bool holds_hex = !held_.empty() && hex_value(held_[0]) >= 0;
  const bool after_cr = held_.ends_with('\r');
  if (c == '\n' && !holds_hex) {
    held_.clear();
    after_equals_ = false;
    return;
  }
  const bool may_go_on =
      (held_.empty() && hex_value(c) >= 0) ||
      (!holds_hex && !after_cr && (is_blank(c) || c == '\r') &&
       held_.size() < kMaxHeld);
  if (may_go_on) {
    held_ += c;
    return;
  }
  defective_ = true;
  decoded_ += '=';
  after_equals_ = false;
  // Blanks and CR are looked at again: they may stand at a line end.
  for (const char held : std::exchange(held_, {})) take_plain(held);
  take_plain(c);
}

Result<void> QuotedPrintableDecoder::finish() {
  decoded_.clear();
  if (after_equals_ && !held_.empty() && hex_value(held_[0]) >= 0) {
    defective_ = true;
    decoded_ = "=" + held_;
  } else if (!after_equals_ && held_.ends_with('\r')) {
    decoded_ = held_;
  }
  held_.clear();
  after_equals_ = false;
  return decoded_.empty() ? Result<void>{} : out_.write(decoded_);
}

Result<void> QuotedPrintableEncoder::write(std::string_view octets) {
  while (!octets.empty()) {
    const auto piece = octets.substr(0, kPieceOctets);
    octets.remove_prefix(piece.size());
    encoded_.clear();
    for (const char c : piece) take(c);
    if (auto written = out_.write(encoded_); !written) return written;
  }
  return {};
}

void QuotedPrintableEncoder::take(char c) {
  if (std::exchange(held_cr_, false) && c != '\n') {
    release_blank(false);
    put('\r', true);
  }
  if (c == '\r') {
    held_cr_ = true;
  } else if (c == '\n') {
    release_blank(true);
    end_line();
  } else if (is_blank(c)) {
    release_blank(false);
    held_blank_ = c;
  } else {
    release_blank(false);
    const bool dot_at_start = c == '.' && column_ == 0;
    put(c, c == '=' || is_control(c) || is_8bit(c) || dot_at_start);
  }
}

void QuotedPrintableEncoder::release_blank(bool at_line_end) {
  if (held_blank_ == 0) return;
  const bool from_line = from_ == 4 && column_ == 4 && held_blank_ == ' ';
  put(std::exchange(held_blank_, char{0}), at_line_end || from_line);
}

// Encoded lines have at most 76 characters, the "=" of a soft break included.
void QuotedPrintableEncoder::put(char c, bool encode) {
  const std::size_t length = encode ? 3 : 1;
  if (column_ + length > 75) {
    encoded_ += "=\r\n";
    column_ = 0;
    from_ = 0;
    if (c == '.' && !encode) return put(c, true);
  }
  if (column_ < 4 && column_ == static_cast<std::size_t>(from_) &&
      c == "From"[column_]) {
    ++from_;
  }
  if (encode) {
    const auto value = static_cast<unsigned char>(c);
    encoded_ += '=';
    encoded_ += kHex[value >> 4];
    encoded_ += kHex[value & 15];
  } else {
    encoded_ += c;
  }
  column_ += length;
}

void QuotedPrintableEncoder::end_line() {
  encoded_ += "\r\n";
  column_ = 0;
  from_ = 0;
}

Result<void> QuotedPrintableEncoder::finish() {
  encoded_.clear();
  release_blank(true);
  if (std::exchange(held_cr_, false)) put('\r', true);
  if (column_ > 0) end_line();
  return encoded_.empty() ? Result<void>{} : out_.write(encoded_);
}

}  // namespace mailtool::mime
