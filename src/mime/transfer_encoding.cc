#include "mailtool/mime/transfer_encoding.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {

TransferEncoding parse_transfer_encoding(std::string_view value, bool* known) {
  return transfer_encoding_of(parse_parameters(value).value, known);
}

TransferEncoding transfer_encoding_of(std::string_view name, bool* known) {
  using E = TransferEncoding;
  constexpr std::pair<std::string_view, E> kNames[] = {
      {"7bit", E::identity},
      {"8bit", E::identity},
      {"binary", E::identity},
      {"base64", E::base64},
      {"quoted-printable", E::quoted_printable},
      {"x-uuencode", E::uuencode},
      {"uuencode", E::uuencode},
      {"x-uue", E::uuencode},
      {"x-yencode", E::yenc},
      {"yenc", E::yenc},
      {"binhex40", E::binhex},
      {"mac-binhex40", E::binhex},
      {"x-binhex40", E::binhex},
  };
  const auto* const found =
      std::find_if(std::begin(kNames), std::end(kNames),
                   [&](const auto& row) { return row.first == name; });
  if (known != nullptr) *known = found != std::end(kNames);
  return found == std::end(kNames) ? E::identity : found->second;
}

bool Decoder::defective() const noexcept {
  const auto found = defects();
  return std::any_of(found.begin(), found.end(), [](const auto& defect) {
    return defect.rule != DefectRule::quoted_printable_trailing_blanks;
  });
}

void Decoder::add_defect(DefectRule rule, std::uint64_t offset,
                         std::uint64_t length) noexcept {
  for (std::size_t i = 0; i < defect_count_; ++i) {
    auto& defect = defects_[i];
    if (defect.rule != rule) continue;
    if (offset == defect.offset + defect.length) defect.length += length;
    return;
  }
  if (defect_count_ == defects_.size()) return;
  defects_[defect_count_++] = {rule, offset, length};
}

Result<void> CrlfFilter::write(std::string_view octets) {
  converted_.clear();
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    const auto line = octets.substr(0, end);
    converted_ += line;
    if (!line.empty()) last_ = line.back();
    if (end == octets.npos) break;
    if (last_ != '\r') converted_ += '\r';
    converted_ += '\n';
    last_ = '\n';
    octets.remove_prefix(end + 1);
  }
  return out_.write(converted_);
}

Result<void> CrlfFilter::finish() {
  return last_ == '\n' ? Result<void>{} : out_.write("\r\n");
}

void TextScan::add(std::string_view octets) noexcept {
  constexpr std::string_view kFrom = "From ";
  for (const char c : octets) {
    ++octets_;
    if (std::exchange(last_, c) == '\r' && c != '\n') bare_cr_ = true;
    if (c == '\n') {
      ++lines_;
      line_ = 0;
      from_ = 0;
      continue;
    }
    if (c != '\r') longest_ = std::max(longest_, ++line_);
    if (from_ >= 0 && from_ < 5) {
      from_ = c == kFrom[static_cast<std::size_t>(from_)] ? from_ + 1 : -1;
      if (from_ == 5) from_line_ = true;
    }
    if (is_8bit(c)) has_8bit_ = true;
    if (is_control(c) && c != '\t' && c != '\r') controls_ = true;
    if (is_8bit(c) || c == '=' || (is_control(c) && c != '\t' && c != '\r')) {
      ++encoded_;
    }
  }
}

bool TextScan::is_7bit(std::size_t max_line) const noexcept {
  return !has_8bit_ && !controls_ && !bare_cr_ && last_ != '\r' &&
         !from_line_ && longest_ <= max_line;
}

TransferEncoding TextScan::shorter() const noexcept {
  const auto quoted = octets_ + 2 * encoded_;
  const auto quoted_with_breaks = quoted + quoted / 75 * 3;
  const auto groups = (octets_ + lines_ + 2) / 3 * 4;
  return groups + groups / 76 * 2 < quoted_with_breaks
             ? TransferEncoding::base64
             : TransferEncoding::quoted_printable;
}

}  // namespace mailtool::mime
