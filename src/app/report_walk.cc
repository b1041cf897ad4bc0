#include "app/report_walk.h"

#include <algorithm>

namespace mailtool::app {

Result<void> ReportWalk::Bounded::write(std::string_view octets) {
  octets = octets.substr(0, room);
  room -= octets.size();
  text_ += octets;
  return {};
}

void ReportWalk::begin_message() {
  reports_.clear();
  part_ = mime::kNoPart;
  body_.room = kMaxOctets;
}

void ReportWalk::begin_part(const mime::Structure& so_far,
                            std::uint32_t index) {
  next_.begin_part(so_far, index);
  const auto& part = so_far.parts[index];
  if (!part.is_leaf()) return;
  const auto kind = mime::report_kind(so_far.type(part));
  if (!kind) return;
  part_ = index;
  kind_ = *kind;
  text_.clear();
  decoder_.begin(part.transfer_encoding, body_);
}

void ReportWalk::body(std::uint32_t part, std::string_view octets) {
  next_.body(part, octets);
  if (part == part_) (void)decoder_.write(octets);
}

void ReportWalk::end_part(const mime::Structure& so_far, std::uint32_t part) {
  next_.end_part(so_far, part);
  if (part != part_) return;
  (void)decoder_.finish();
  reports_.emplace_back(part, mime::parse_report(kind_, text_));
  part_ = mime::kNoPart;
}

const mime::Report* ReportWalk::find(std::uint32_t part) const {
  const auto found = std::lower_bound(
      reports_.begin(), reports_.end(), part,
      [](const auto& report, std::uint32_t wanted) { return report.first < wanted; });
  return found != reports_.end() && found->first == part ? &found->second
                                                         : nullptr;
}

}  // namespace mailtool::app
