#include "mailtool/mime/transfer_encoding.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {
namespace {

class IdentityDecoder : public Decoder {
 public:
  explicit IdentityDecoder(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override {
    return out_.write(octets);
  }
  Result<void> finish() override { return {}; }

 private:
  Sink& out_;
};

}  // namespace

TransferEncoding parse_transfer_encoding(std::string_view value, bool* known) {
  const auto name = parse_parameters(value).value;
  if (known != nullptr) *known = true;
  if (name == "base64") return TransferEncoding::base64;
  if (name == "quoted-printable") return TransferEncoding::quoted_printable;
  if (known != nullptr) {
    *known = name == "7bit" || name == "8bit" || name == "binary";
  }
  return TransferEncoding::identity;
}

std::unique_ptr<Decoder> make_decoder(TransferEncoding encoding, Sink& out) {
  switch (encoding) {
    case TransferEncoding::base64: return std::make_unique<Base64Decoder>(out);
    case TransferEncoding::quoted_printable:
      return std::make_unique<QuotedPrintableDecoder>(out);
    case TransferEncoding::identity: break;
  }
  return std::make_unique<IdentityDecoder>(out);
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
