#include "tnef_part.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

// Octets kept of a text: enough for 1000 characters in any charset.
constexpr std::size_t kMaxKept = 4000;
// Pieces to decompress, so that what comes out stays small.
constexpr std::size_t kRtfPiece = 4096;

// Properties of [MS-OXPROPS] that carry bodies and files.
constexpr std::uint16_t kBody = 0x1000, kRtfCompressed = 0x1009,
                        kBodyHtml = 0x1013, kAttachData = 0x3701;

}  // namespace

// The attributes of an attachment begin with attAttachRendData, and end with
// the next one, or with an attribute of the message.
Result<void> TnefPart::begin_attribute(const TnefValue& value) {
  if (!value.of_attachment || value.attribute == kTnefAttachRendData) {
    if (auto ended = end_attachment(); !ended) return ended;
  }
  if (value.of_attachment && !attachment_) {
    attachment_.emplace();
    attachment_->kind = EmbeddedKind::attachment;
  }
  return {};
}

Result<void> TnefPart::begin_value(const TnefValue& value, bool may_nest) {
  value_ = value;
  kept_.clear();
  target_ = target_of(value, may_nest);
  switch (target_) {
    case Target::nested:
    case Target::file: return begin_attachment_octets();
    case Target::body:
    case Target::rtf: return begin_body();
    case Target::memory:
    case Target::nowhere: return {};
  }
  return {};
}

TnefPart::Target TnefPart::target_of(const TnefValue& value, bool may_nest) {
  if (!value.of_attachment) {
    if (value.attribute == kTnefBody) {
      return wants_body(Body::text) ? Target::body : Target::nowhere;
    }
    return value.attribute == kTnefProperties ? target_of_property(value)
                                              : Target::memory;
  }
  switch (value.attribute) {
    case kTnefAttachData:
      return attachment_begun_ ? Target::nowhere : Target::file;
    case kTnefAttachment:
      return value.property == kAttachData ? target_of_attachment(may_nest)
                                           : Target::memory;
    case kTnefAttachTitle: return Target::memory;
    default: return Target::nowhere;
  }
}

TnefPart::Target TnefPart::target_of_property(const TnefValue& value) {
  const bool is_text = value.type == kTnefString8 || value.type == kTnefUnicode;
  const bool is_binary = value.type == kTnefBinary;
  switch (value.property) {
    case kBody:
      return is_text && wants_body(Body::text) ? Target::body : Target::nowhere;
    case kBodyHtml:
      return (is_text || is_binary) && wants_body(Body::html) ? Target::body
                                                              : Target::nowhere;
    case kRtfCompressed:
      return is_binary && wants_body(Body::rtf) ? Target::rtf : Target::nowhere;
    default: return Target::memory;
  }
}

// The data can stand as attAttachData before; a message then stands here.
TnefPart::Target TnefPart::target_of_attachment(bool may_nest) const {
  const bool is_data = value_.type == kTnefBinary || value_.type == kTnefObject;
  const bool full = output_->files == kMaxEmbeddedFiles;
  if (!is_data) return Target::nowhere;
  if (value_.is_message && attachment_->kind != EmbeddedKind::message) {
    if (may_nest && !full) return Target::nested;
    if (!full) output_->defects.add(DefectRule::depth_cut_off);
  }
  return attachment_begun_ ? Target::nowhere : Target::file;
}

// The first of each form counts.
bool TnefPart::wants_body(Body body) {
  const auto bit = static_cast<std::uint8_t>(1u << static_cast<unsigned>(body));
  if ((bodies_ & bit) != 0 || value_.length == 0) return false;
  bodies_ = static_cast<std::uint8_t>(bodies_ | bit);
  body_ = body;
  return true;
}

Result<void> TnefPart::begin_body() {
  body_file_.emplace();
  auto& file = *body_file_;
  file.kind = EmbeddedKind::body;
  file.media_type = body_ == Body::text   ? "text/plain"
                    : body_ == Body::html ? "text/html"
                                          : "application/rtf";
  // HTML of type binary says itself what it is written in.
  const bool tells = body_ != Body::rtf && value_.type != kTnefBinary;
  if (tells) {
    file.charset = value_.type == kTnefUnicode ? "utf-16le" : message_.charset;
  }
  if (body_ != Body::rtf) file.size = value_.length;
  if (body_ == Body::rtf) rtf_.emplace();
  tail_.clear();
  return begin_file(file);
}

Result<void> TnefPart::begin_attachment_octets() {
  if (attachment_begun_) {
    // A message behind attAttachData: that was a file of its own.
    auto same = attachment_;
    if (auto ended = end_attachment(); !ended) return ended;
    attachment_ = std::move(same);
  }
  auto& file = *attachment_;
  if (target_ == Target::nested) file.kind = EmbeddedKind::message;
  file.size = value_.length;
  if (value_.is_message) file.media_type = "application/ms-tnef";
  attachment_begun_ = true;
  return begin_file(file);
}

Result<void> TnefPart::begin_file(EmbeddedFile& file) {
  file.offset = output_->offset;
  muted_ = output_->files == kMaxEmbeddedFiles;
  if (muted_) {
    output_->defects.add(DefectRule::embedded_files_cut_off);
    return {};
  }
  ++output_->files;
  output_->defects.add(DefectRule::embedded_file);
  return output_->contents.begin_file(file);
}

Result<void> TnefPart::end_file(const EmbeddedFile& file, bool malformed) {
  if (malformed) output_->defects.add(DefectRule::embedded_file_malformed);
  return output_->contents.end_file(file, {output_->offset, malformed});
}

Result<void> TnefPart::end_attachment() {
  if (!attachment_) return {};
  // Without octets, as a link to a file has none.
  if (!attachment_begun_) {
    if (auto begun = begin_file(*attachment_); !begun) return begun;
  }
  const auto file = std::move(*attachment_);
  const bool malformed = std::exchange(attachment_malformed_, false);
  attachment_.reset();
  attachment_begun_ = false;
  return muted_ ? Result<void>{} : end_file(file, malformed);
}

Result<void> TnefPart::take(std::string_view piece) {
  switch (target_) {
    case Target::memory:
      kept_ += piece.substr(0, kMaxKept - kept_.size());
      return {};
    case Target::file:
      return muted_ ? Result<void>{} : output_->contents.octets(piece);
    case Target::body: return muted_ ? Result<void>{} : take_body(piece);
    case Target::rtf: return muted_ ? Result<void>{} : take_rtf(piece);
    case Target::nested:
    case Target::nowhere: return {};
  }
  return {};
}

// Strings end with a NUL, which is no part of the text: the last character is
// held back.
Result<void> TnefPart::take_body(std::string_view piece) {
  const std::size_t character = value_.type == kTnefUnicode ? 2 : 1;
  if (piece.size() < character) {
    tail_ += piece;
    const auto ready = tail_.size() - std::min(tail_.size(), character);
    auto written =
        output_->contents.octets(std::string_view(tail_).substr(0, ready));
    tail_.erase(0, ready);
    return written;
  }
  if (!tail_.empty()) {
    if (auto written = output_->contents.octets(tail_); !written)
      return written;
  }
  tail_ = piece.substr(piece.size() - character);
  piece.remove_suffix(character);
  return piece.empty() ? Result<void>{} : output_->contents.octets(piece);
}

Result<void> TnefPart::take_rtf(std::string_view piece) {
  std::string text;
  while (!piece.empty()) {
    text.clear();
    rtf_->take(piece.substr(0, kRtfPiece), text);
    piece.remove_prefix(std::min(piece.size(), kRtfPiece));
    if (text.empty()) continue;
    if (auto written = output_->contents.octets(text); !written) return written;
  }
  return {};
}

Result<void> TnefPart::end_value() {
  if (target_ == Target::memory) {
    value_.property == 0                  ? keep_attribute()
    : value_.attribute == kTnefAttachment ? keep_attachment_property()
                                          : keep_property();
  }
  target_ = Target::nowhere;
  if (!body_file_) return {};
  const bool malformed = rtf_ && rtf_->malformed();
  rtf_.reset();
  const auto file = std::move(*body_file_);
  body_file_.reset();
  if (muted_) return {};
  const bool ends_with_nul = tail_.find_first_not_of('\0') == tail_.npos;
  if (!tail_.empty() && !ends_with_nul) {
    if (auto written = output_->contents.octets(tail_); !written)
      return written;
  }
  return end_file(file, malformed);
}

void TnefPart::end_attribute(bool damaged) {
  if (!damaged) return;
  output_->defects.add(DefectRule::embedded_file_malformed);
  if (attachment_) attachment_malformed_ = true;
}

void TnefPart::set_malformed() { attachment_malformed_ = true; }

Result<void> TnefPart::finish(bool cut_off) {
  if (cut_off) output_->defects.add(DefectRule::embedded_file_malformed);
  if (body_file_) {
    const auto file = std::move(*body_file_);
    body_file_.reset();
    if (!muted_) {
      if (auto written = output_->contents.octets(tail_); !written)
        return written;
      if (auto ended = end_file(file, true); !ended) return ended;
    }
  }
  if (cut_off) attachment_malformed_ = true;
  if (auto ended = end_attachment(); !ended) return ended;
  return output_->contents.message(message_);
}

}  // namespace mailtool::mime
