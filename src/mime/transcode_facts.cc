#include "transcode_facts.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

// quoted-printable or base64 is chosen by this much of a body.
constexpr std::uint64_t kCounted = std::uint64_t{4} * 1024 * 1024;

}  // namespace

Result<void> ContentScan::write(std::string_view octets) {
  if (octets.empty()) return {};
  if (counted_ < kCounted) {
    const auto piece = octets.substr(0, kCounted - counted_);
    text_.add(piece);
    counted_ += piece.size();
  }
  if (!bare_lf_) look_for_bare_lf(octets);
  if (utf8_) look_for_utf8(octets);
  empty_ = false;
  last_ = octets.back();
  return {};
}

void ContentScan::look_for_bare_lf(std::string_view octets) {
  char before = last_ == '\n' && empty_ ? '\0' : last_;
  for (std::size_t at = octets.find('\n'); at != octets.npos;
       at = octets.find('\n', at + 1)) {
    if (at > 0) before = octets[at - 1];
    if (before != '\r') {
      bare_lf_ = true;
      return;
    }
  }
}

void ContentScan::look_for_utf8(std::string_view octets) {
  // A character that was cut is completed octet by octet.
  while (!cut_.empty() && !octets.empty()) {
    cut_ += octets[0];
    octets.remove_prefix(1);
    if (valid_utf8_prefix(cut_) == cut_.size()) {
      cut_.clear();
    } else if (!ill_formed_prefix(cut_).incomplete) {
      utf8_ = false;
      return;
    }
  }
  octets.remove_prefix(valid_utf8_prefix(octets));
  if (octets.empty()) return;
  if (ill_formed_prefix(octets).incomplete) {
    cut_ = octets;
  } else {
    utf8_ = false;
  }
}

void ContentScan::end(PartFacts& facts) const {
  facts.utf8 = facts.utf8 && utf8_ && cut_.empty();
  facts.decoded_bare_lf = facts.decoded_bare_lf || bare_lf_;
  facts.decoded_line_end = last_ == '\n';
  facts.base64_shorter = text_.shorter() == TransferEncoding::base64;
}

void FactsCollector::begin_part(const Structure& so_far, std::uint32_t part) {
  end();
  facts_.resize(part + std::size_t{1});
  encodings_.resize(part + std::size_t{1});
  encodings_[part] = so_far.parts[part].transfer_encoding;
}

void FactsCollector::begin(std::uint32_t part, TransferEncoding encoding) {
  end();
  current_ = part;
  raw_.begin(0);
  content_.begin();
  // What base64 decodes to decides nothing: it stays base64.
  const bool base64 = encoding == TransferEncoding::base64;
  decoder_.begin(base64 ? TransferEncoding::identity : encoding, content_);
}

void FactsCollector::add(std::string_view octets) {
  raw_.scan(octets, false);
  if (encodings_[current_] == TransferEncoding::base64) return;
  static_cast<void>(decoder_.write(octets));  // content_ never fails
}

void FactsCollector::body(std::uint32_t part, std::string_view octets) {
  if (part != current_) begin(part, encodings_[part]);
  add(octets);
}

void FactsCollector::outside(std::uint32_t part, std::string_view octets) {
  if (part != current_) begin(part, TransferEncoding::identity);
  add(octets);
}

void FactsCollector::end_part(const Structure& so_far, std::uint32_t part) {
  (void)so_far;
  (void)part;
  end();
}

void FactsCollector::end() {
  if (current_ == kNoPart) return;
  auto& facts = facts_[current_];
  const auto encoding = encodings_[current_];
  current_ = kNoPart;
  raw_.end();
  const auto& marks = raw_.marks();
  facts.high = facts.high || marks.high != BodyMarks::kNone;
  facts.nul = facts.nul || marks.nul != BodyMarks::kNone;
  facts.bare_cr = facts.bare_cr || marks.bare_cr != BodyMarks::kNone;
  facts.long_line = facts.long_line || marks.long_line != BodyMarks::kNone;
  static_cast<void>(decoder_.finish());
  const bool lenient = encoding == TransferEncoding::identity ||
                       encoding == TransferEncoding::base64 ||
                       encoding == TransferEncoding::quoted_printable;
  facts.decoded_whole = lenient || !decoder_.defective();
  content_.end(facts);
  // Only what stands unencoded can hold such a line end.
  if (encoding == TransferEncoding::identity) {
    facts.bare_lf = facts.bare_lf || facts.decoded_bare_lf;
  }
}

}  // namespace mailtool::mime
