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

namespace {

// Of a line of so many characters: an encoded line has 75 beside the "=".
std::uint64_t soft_breaks(std::uint64_t characters) {
  return characters > 0 ? (characters - 1) / 75 : 0;
}

}  // namespace

void TextScan::add(std::string_view octets) noexcept {
  constexpr std::string_view kFrom = "From ";
  for (const char c : octets) {
    ++octets_;
    const char before = std::exchange(last_, c);
    if (before == '\r' && c != '\n') bare_cr_ = true;
    if (c == '\n') {
      if (before != '\r') ++bare_lf_;
      soft_breaks_ += soft_breaks(quoted_line_);
      line_ = quoted_line_ = 0;
      from_ = 0;
      continue;
    }
    if (c == '\r') continue;
    longest_ = std::max(longest_, ++line_);
    if (from_ >= 0 && from_ < 5) {
      from_ = c == kFrom[static_cast<std::size_t>(from_)] ? from_ + 1 : -1;
      if (from_ == 5) from_line_ = true;
    }
    const bool control = is_control(c) && c != '\t';
    has_8bit_ = has_8bit_ || is_8bit(c);
    controls_ = controls_ || control;
    const bool escaped = is_8bit(c) || c == '=' || control;
    if (escaped) ++encoded_;
    quoted_line_ += escaped ? 3 : 1;
  }
}

bool TextScan::is_7bit(std::size_t max_line) const noexcept {
  return !has_8bit_ && !controls_ && !bare_cr_ && last_ != '\r' &&
         !from_line_ && longest_ <= max_line;
}

TransferEncoding TextScan::shorter() const noexcept {
  const auto octets = octets_ + bare_lf_;
  const auto breaks = soft_breaks_ + soft_breaks(quoted_line_);
  const auto quoted = octets + 2 * encoded_ + 3 * breaks;
  const auto groups = (octets + 2) / 3 * 4;
  const auto base64 = groups + (groups + 75) / 76 * 2;
  return base64 < quoted ? TransferEncoding::base64
                         : TransferEncoding::quoted_printable;
}

}  // namespace mailtool::mime
