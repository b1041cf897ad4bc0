#include "mailtool/mime/html_to_text.h"

#include "mime/html_layout.h"
#include "mime/html_tokenizer.h"

namespace mailtool::mime {

struct HtmlToText::Parts {
  HtmlLayout layout;
  HtmlTokenizer tokenizer{layout};
};

HtmlToText::HtmlToText(Sink& out) : parts_(std::make_unique<Parts>()) {
  parts_->layout.reset(out);
}

HtmlToText::~HtmlToText() = default;

void HtmlToText::reset(Sink& out) {
  parts_->tokenizer.reset();
  parts_->layout.reset(out);
}

Result<void> HtmlToText::write(std::string_view octets) {
  // In pieces, so that a sink which fails is not kept waiting.
  constexpr std::size_t kPiece = 64 * 1024;
  while (!octets.empty()) {
    const auto piece = octets.substr(0, kPiece);
    octets.remove_prefix(piece.size());
    parts_->tokenizer.take(piece);
    if (auto written = parts_->layout.take_failure(); !written) return written;
  }
  return {};
}

Result<void> HtmlToText::finish() {
  parts_->tokenizer.finish();
  return parts_->layout.finish();
}

}  // namespace mailtool::mime
