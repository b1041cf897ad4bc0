#include "mailtool/mime/line_decoder.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kFlushOctets = 48 * 1024;

}  // namespace

Result<void> LineDecoder::write(std::string_view octets) {
  while (!ended_) {
    if (lines_.at_line_start()) line_offset_ = offset_;
    const auto before = octets.size();
    const auto piece = lines_.next(octets);
    offset_ += before - octets.size();
    if (!piece) break;
    ended_ = !take(*piece, decoded_);
    if (decoded_.size() < kFlushOctets) continue;
    if (auto written = flush(); !written) return written;
  }
  return flush();
}

Result<void> LineDecoder::finish() {
  if (const auto piece = lines_.finish(); piece && !ended_) {
    ended_ = !take(*piece, decoded_);
  }
  line_offset_ = offset_;
  if (!ended_) cut_off();
  return flush();
}

void LineDecoder::add_malformed() noexcept {
  // Each line would make the range of the defect longer; one place is enough.
  if (!defects().empty()) return;
  add_defect(DefectRule::embedded_file_malformed, line_offset_, 0);
}

Result<void> LineDecoder::flush() {
  if (decoded_.empty()) return {};
  auto written = out_.write(decoded_);
  decoded_.clear();
  return written;
}

}  // namespace mailtool::mime
