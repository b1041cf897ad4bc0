// quoted-printable, encoded: RFC 2045 section 6.7.
#include <string_view>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/transfer_encoding.h"
#include "quoted_printable_run.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPieceOctets = 16 * 1024;
// Three characters an octet, and a soft break of three for each 75 of these.
constexpr std::size_t kBufferOctets = kPieceOctets / 10 * 32 + 256;
// Encoded lines have at most 76 characters, the "=" of a soft break included.
constexpr std::size_t kMaxColumn = 75;
constexpr std::string_view kFrom = "From";
constexpr std::string_view kHex = "0123456789ABCDEF";

}  // namespace

Result<void> QuotedPrintableEncoder::write(std::string_view octets) {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBufferOctets);
  while (!octets.empty()) {
    const auto piece = octets.substr(0, kPieceOctets);
    octets.remove_prefix(piece.size());
    const char* in = piece.data();
    const char* const end = in + piece.size();
    end_ = buffer_.get();
    while (in != end) {
      in = take_run(in, end);
      if (in != end) take(*in++);
    }
    if (auto flushed = flush(); !flushed) return flushed;
  }
  return {};
}

Result<void> QuotedPrintableEncoder::flush() {
  const auto size = static_cast<std::size_t>(end_ - buffer_.get());
  return size == 0 ? Result<void>{} : out_.write({buffer_.get(), size});
}

// Octets of one line at once, but for the beginnings that are encoded.
const char* QuotedPrintableEncoder::take_run(const char* in, const char* end) {
  const bool held = held_cr_ || held_blank_ != 0;
  const bool at_start =
      column_ == 0 && (encoded_at_start(*in) || *in == kFrom[0]);
  const bool in_from = column_ > 0 && from_ == column_;
  if (held || at_start || in_from) return in;
  const auto done = encode_quoted_printable_run(level_)(
      in, end, end_, end_ + (kMaxColumn - column_));
  column_ += static_cast<std::size_t>(done.out - end_);
  end_ = done.out;
  if (done.in != in && is_blank(done.in[-1])) {
    held_blank_ = *--end_;
    --column_;
  }
  return done.in;
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
    const bool at_start = column_ == 0 && encoded_at_start(c);
    put(c, c == '=' || is_control(c) || is_8bit(c) || at_start);
  }
}

void QuotedPrintableEncoder::release_blank(bool at_line_end) {
  if (held_blank_ == 0) return;
  const bool from_line = from_ == 4 && column_ == 4 && held_blank_ == ' ';
  put(std::exchange(held_blank_, char{0}), at_line_end || from_line);
}

void QuotedPrintableEncoder::put(char c, bool encode) {
  if (column_ + (encode ? 3 : 1) > kMaxColumn) {
    soft_break();
    encode = encode || encoded_at_start(c);
  }
  if (column_ == from_ && from_ < kFrom.size() && c == kFrom[from_]) ++from_;
  if (encode) {
    const auto value = static_cast<unsigned char>(c);
    *end_++ = '=';
    *end_++ = kHex[value >> 4];
    *end_++ = kHex[value & 15];
  } else {
    *end_++ = c;
  }
  column_ += encode ? 3 : 1;
}

void QuotedPrintableEncoder::soft_break() {
  *end_++ = '=';
  end_line();
}

void QuotedPrintableEncoder::end_line() {
  *end_++ = '\r';
  *end_++ = '\n';
  column_ = 0;
  from_ = 0;
}

Result<void> QuotedPrintableEncoder::finish() {
  if (!buffer_) return {};  // nothing was written
  end_ = buffer_.get();
  release_blank(true);
  if (std::exchange(held_cr_, false)) put('\r', true);
  if (column_ > 0) end_line();
  return flush();
}

}  // namespace mailtool::mime
