// base64 in bodies, decoded: RFC 2045 section 6.8.
#include "base64_block.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPieceOctets = 64 * 1024;
// Three octets for four characters, and those of a group held back.
constexpr std::size_t kBufferOctets = kPieceOctets / 4 * 3 + 4 + kBase64Slack;

std::uint32_t value_of(char c) {
  return kBase64Values[static_cast<unsigned char>(c)];
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

Base64Decoder::Base64Decoder(Sink& out, DecodePolicy policy, VectorLevel level)
    : out_(&out), policy_(policy), level_(level) {}

void Base64Decoder::begin(Sink& out, DecodePolicy policy) noexcept {
  clear_defects();
  out_ = &out;
  policy_ = policy;
  stopped_ = false;
  characters_ = padded_ = pads_ = 0;
  group_ = 0;
  position_ = 0;
}

Result<void> Base64Decoder::write(std::string_view octets) {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBufferOctets);
  const auto decode_blocks = decode_base64_blocks(level_);
  while (!octets.empty() && !stopped_) {
    const auto piece = octets.substr(0, kPieceOctets);
    octets.remove_prefix(piece.size());
    const char* const begin = piece.data();
    const char* const end = begin + piece.size();
    const char* in = begin;
    end_ = buffer_.get();
    while (in != end && !stopped_) {
      const bool at_group = characters_ == 0 && pads_ == 0;
      if (at_group && value_of(*in) < 64) {
        const auto progress = decode_blocks(in, end, end_);
        in = progress.in;
        end_ = progress.out;
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

Result<void> Base64Decoder::flush() {
  const auto size = static_cast<std::size_t>(end_ - buffer_.get());
  return size == 0 ? Result<void>{} : out_->write({buffer_.get(), size});
}

void Base64Decoder::take(char c, std::uint64_t offset) {
  if (const auto value = value_of(c); value < 64) {
    if (pads_ > 0) {
      add_defect(DefectRule::base64_padding_inside, pad_offset_,
                 last_offset_ + 1 - pad_offset_);
      end_padding();
      stopped_ = policy_.stop_at_padding;
      if (stopped_) return;
    }
    if (characters_ == 0) group_offset_ = offset;
    last_offset_ = offset;
    group_ = group_ << 6 | value;
    if (++characters_ == 4) end_group();
  } else if (c == '=') {
    take_equals(offset);
  } else if (!is_space(c)) {
    add_defect(DefectRule::base64_junk, offset, 1);
  }
}

// Padding fills up a group that has begun, and no further.
void Base64Decoder::take_equals(std::uint64_t offset) {
  const bool belongs = characters_ > 0 || (pads_ > 0 && padded_ + pads_ < 4);
  if (!belongs) return add_defect(DefectRule::base64_junk, offset, 1);
  last_offset_ = offset;
  ++pads_;
  if (characters_ == 0) return;
  pad_offset_ = offset;
  padded_ = characters_;
  end_group();
}

// Two characters carry one octet, three carry two; one carries none.
void Base64Decoder::end_group() {
  const auto bits = group_ << (6 * (4 - characters_));
  if (characters_ > 1) *end_++ = static_cast<char>(bits >> 16 & 0xff);
  if (characters_ > 2) *end_++ = static_cast<char>(bits >> 8 & 0xff);
  if (characters_ > 3) *end_++ = static_cast<char>(bits & 0xff);
  group_ = 0;
  characters_ = 0;
}

void Base64Decoder::end_padding() {
  if (padded_ == 1 || padded_ + pads_ < 4) {
    add_defect(DefectRule::base64_truncated, group_offset_,
               last_offset_ + 1 - group_offset_);
  }
  pads_ = 0;
}

Result<void> Base64Decoder::finish() {
  if (stopped_) return {};
  if (pads_ > 0) end_padding();
  if (characters_ == 0) return {};
  add_defect(DefectRule::base64_truncated, group_offset_,
             last_offset_ + 1 - group_offset_);
  end_ = buffer_.get();
  end_group();  // the padding is supplied
  return flush();
}

}  // namespace mailtool::mime
