// quoted-printable, decoded: RFC 2045 section 6.7.
#include <algorithm>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/transfer_encoding.h"
#include "quoted_printable_run.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPieceOctets = 32 * 1024;
// What may still turn out to be no data stands at the end of the buffer: "=",
// blanks, CR.
constexpr std::size_t kBufferOctets = kPieceOctets +
                                      QuotedPrintableDecoder::kMaxBlanks + 2 +
                                      kQuotedPrintableSlack;

bool is_hex(char c) { return hex_value(c) < 16; }

}  // namespace

QuotedPrintableDecoder::QuotedPrintableDecoder(Sink& out, DecodePolicy policy,
                                               VectorLevel level)
    : out_(&out), policy_(policy), level_(level) {}

void QuotedPrintableDecoder::begin(Sink& out, DecodePolicy policy) noexcept {
  clear_defects();
  out_ = &out;
  policy_ = policy;
  state_ = State::text;
  blanks_ = 0;
  position_ = 0;
  end_ = buffer_.get();
}

Result<void> QuotedPrintableDecoder::write(std::string_view octets) {
  if (!buffer_) {
    buffer_ = std::make_unique_for_overwrite<char[]>(kBufferOctets);
    end_ = buffer_.get();
  }
  const auto decode_run = decode_quoted_printable_run(level_);
  while (!octets.empty()) {
    const auto piece = octets.substr(0, kPieceOctets);
    octets.remove_prefix(piece.size());
    const char* const begin = piece.data();
    const char* const end = begin + piece.size();
    const char* in = begin;
    while (in != end) {
      if (state_ == State::text && blanks_ == 0) {
        const auto progress = decode_run(in, end, end_);
        end_ = progress.out;
        enter_after(in, progress.in);
        in = progress.in;
        if (in == end) break;
      }
      take(*in, position_ + static_cast<std::uint64_t>(in - begin));
      ++in;
    }
    position_ += piece.size();
    if (auto flushed = flush(); !flushed) return flushed;
  }
  return {};
}

// The state behind a run that was decoded at once.
void QuotedPrintableDecoder::enter_after(const char* begin, const char* end) {
  if (end != begin && end[-1] == '\r') {
    state_ = State::cr;
    --end;
  }
  const auto most = std::min<std::ptrdiff_t>(end - begin, kMaxBlanks + 1);
  const char* const first = end - most;
  const char* at = end;
  while (at != first && is_blank(at[-1])) --at;
  blanks_ = static_cast<std::size_t>(end - at);
  if (state_ == State::cr && blanks_ > kMaxBlanks) blanks_ = 0;
}

std::size_t QuotedPrintableDecoder::pending() const noexcept {
  switch (state_) {
    case State::text: return blanks_ > kMaxBlanks ? 0 : blanks_;
    case State::cr: return blanks_ + 1;
    case State::equals: return 1 + blanks_;
    case State::equals_cr: return 1 + blanks_ + 1;
    case State::digit: return 2;
  }
  return 0;
}

Result<void> QuotedPrintableDecoder::flush() {
  const auto held = pending();
  const auto size = static_cast<std::size_t>(end_ - buffer_.get()) - held;
  if (size == 0) return {};
  auto written = out_->write({buffer_.get(), size});
  std::memmove(buffer_.get(), end_ - held, held);
  end_ = buffer_.get() + held;
  return written;
}

// Every octet goes to the buffer at once, and out of it again when it proves to
// be no data.
void QuotedPrintableDecoder::take(char c, std::uint64_t offset) {
  switch (state_) {
    case State::text: return take_text(c, offset);
    case State::cr: return take_cr(c, offset);
    case State::equals:
    case State::equals_cr: return take_equals(c, offset);
    case State::digit: return take_digit(c, offset);
  }
}

void QuotedPrintableDecoder::take_text(char c, std::uint64_t offset) {
  if (is_blank(c)) {
    *end_++ = c;
    blanks_ = std::min(blanks_ + 1, kMaxBlanks + 1);
    return;
  }
  const bool keeps_blanks = c == '\r' && blanks_ <= kMaxBlanks;
  if (c == '\n') drop_blanks(offset, 0);
  if (!keeps_blanks) blanks_ = 0;
  if (c == '\r') state_ = State::cr;
  if (c == '=') state_ = State::equals;
  *end_++ = c;
}

void QuotedPrintableDecoder::take_cr(char c, std::uint64_t offset) {
  state_ = State::text;
  if (c == '\n') {
    drop_blanks(offset - 1, 1);
    *end_++ = c;
    blanks_ = 0;
    return;
  }
  blanks_ = 0;
  take_text(c, offset);
}

// Rule 3: blanks at the end of a line go. `behind` octets stand between them
// and the end of the buffer; `offset` is of the first of these in the body.
void QuotedPrintableDecoder::drop_blanks(std::uint64_t offset,
                                         std::size_t behind) {
  if (blanks_ == 0 || blanks_ > kMaxBlanks) return;
  add_defect(DefectRule::quoted_printable_trailing_blanks, offset - blanks_,
             blanks_);
  if (policy_.keep_trailing_blanks) return;
  std::memmove(end_ - behind - blanks_, end_ - behind, behind);
  end_ -= blanks_;
}

// soft-break = "=" *( SP / HTAB ) [ CR ] LF, as far as it was read.
void QuotedPrintableDecoder::take_equals(char c, std::uint64_t offset) {
  const bool after_cr = state_ == State::equals_cr;
  if (c == '\n' && end_soft_break(offset - (after_cr ? 1 : 0))) return;
  if (!after_cr) {
    if (blanks_ == 0 && is_hex(c)) {
      state_ = State::digit;
      *end_++ = c;
      return;
    }
    if (c == '\r' || (is_blank(c) && blanks_ < kMaxBlanks)) {
      if (c == '\r') state_ = State::equals_cr;
      if (c != '\r') ++blanks_;
      *end_++ = c;
      return;
    }
  }
  // The "=" stands for itself, and what is behind it may end a line.
  const auto cr = static_cast<std::size_t>(after_cr);
  add_defect(DefectRule::quoted_printable_invalid, offset - cr - blanks_ - 1,
             1);
  state_ = after_cr ? State::cr : State::text;
  take(c, offset);
}

// False, with nothing changed, when the policy has no blanks there.
bool QuotedPrintableDecoder::end_soft_break(std::uint64_t line_end) {
  if (blanks_ > 0 && policy_.keep_trailing_blanks) return false;
  if (blanks_ > 0) {
    add_defect(DefectRule::quoted_printable_trailing_blanks, line_end - blanks_,
               blanks_);
  }
  end_ -= pending();
  state_ = State::text;
  blanks_ = 0;
  return true;
}

void QuotedPrintableDecoder::take_digit(char c, std::uint64_t offset) {
  state_ = State::text;
  if (is_hex(c)) {
    const auto first = hex_value(end_[-1]);
    end_ -= 2;
    *end_++ = static_cast<char>(first << 4 | hex_value(c));
    return;
  }
  add_defect(DefectRule::quoted_printable_invalid, offset - 2, 1);
  take_text(c, offset);
}

// What is pending is decided by the end of the body: as by that of a line.
Result<void> QuotedPrintableDecoder::finish() {
  if (!buffer_) return {};  // nothing was written
  switch (state_) {
    case State::text: drop_blanks(position_, 0); break;
    case State::cr: break;
    case State::digit:
      add_defect(DefectRule::quoted_printable_invalid, position_ - 2, 1);
      break;
    case State::equals:
    case State::equals_cr:
      const auto cr = state_ == State::equals_cr ? 1u : 0u;
      if (end_soft_break(position_ - cr)) break;
      add_defect(DefectRule::quoted_printable_invalid,
                 position_ - cr - blanks_ - 1, 1);
      add_defect(DefectRule::quoted_printable_trailing_blanks,
                 position_ - cr - blanks_, blanks_);
      break;
  }
  state_ = State::text;
  blanks_ = 0;
  return flush();
}

}  // namespace mailtool::mime
