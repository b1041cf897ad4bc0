#include "app/part_walk.h"

#include <utility>

namespace mailtool::app {

// What comes here cannot fail: the sinks behind lead nowhere.
Result<void> PartWalk::Decoded::write(std::string_view octets) {
  walk_.octets_ += octets.size();
  if (walk_.wants_.digests) walk_.decoded_digest_.update(octets);
  if (walk_.is_text_) return walk_.charset_.write(octets);
  return {};
}

void PartWalk::begin_part(const mime::Structure& so_far, std::uint32_t index) {
  bodies_.resize(so_far.parts.size());
  const auto& part = so_far.parts[index];
  if (!part.is_leaf()) return;
  octets_ = 0;
  is_text_ = so_far.type(part).starts_with("text/");
  if (is_text_) charset_.reset(so_far.charset(part), nowhere_);
  decoder_.begin(part.transfer_encoding, decoded_);
}

void PartWalk::body(std::uint32_t, std::string_view octets) {
  if (wants_.digests) raw_digest_.update(octets);
  (void)decoder_.write(octets);
}

void PartWalk::end_part(const mime::Structure& so_far, std::uint32_t index) {
  const auto& part = so_far.parts[index];
  if (!part.is_leaf()) return;
  (void)decoder_.finish();
  for (const auto& defect : decoder_.defects()) {
    findings_.push_back({defect.rule, index, defect.offset, defect.length});
  }
  auto& body = bodies_[index];
  body.octets = octets_;
  if (is_text_) {
    (void)charset_.finish();
    const auto& found = charset_.findings();
    if (!charset_.known()) {
      findings_.push_back({mime::DefectRule::unknown_charset, index, 0, 0});
    }
    if (found.replaced > 0) {
      findings_.push_back({mime::DefectRule::malformed_charset, index,
                           found.first_offset, found.first_length});
    }
  }
  if (wants_.digests) {
    body.raw = std::exchange(raw_digest_, {}).finish();
    body.decoded = std::exchange(decoded_digest_, {}).finish();
  }
}

// Offsets in what a body decodes to say nothing of where they came from: then
// the body as a whole is named.
void PartWalk::finish(mime::Structure& structure) {
  bodies_.resize(structure.parts.size());
  for (const auto& found : findings_) {
    const auto& part = structure.parts[found.part];
    const bool in_decoded =
        found.rule == mime::DefectRule::malformed_charset &&
        part.transfer_encoding != mime::TransferEncoding::identity;
    const mime::Span where =
        found.length == 0 || in_decoded
            ? part.body
            : mime::Span{part.body.offset + found.offset, found.length};
    structure.add_defect(found.rule, found.part, where);
  }
  findings_.clear();
}

}  // namespace mailtool::app
