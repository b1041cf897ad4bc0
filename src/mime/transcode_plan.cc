#include "transcode_plan.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/media_type.h"
#include "transcode_signed.h"

namespace mailtool::mime {
namespace {

using enum MessageForm;

std::string_view name_of(TransferEncoding encoding) {
  return encoding == TransferEncoding::base64 ? "base64" : "quoted-printable";
}

// RFC 2046 section 5.2: these are not encoded, nor are multiparts (RFC 2045
// section 6.4).
bool may_be_encoded(std::string_view type) {
  return !type.starts_with("multipart/") && type != "message/rfc822" &&
         type != "message/news" && type != "message/partial" &&
         type != "message/external-body";
}

}  // namespace

TranscodePlanner::TranscodePlanner(const Structure& structure,
                                   const std::vector<PartFacts>& facts,
                                   const TranscodeOptions& options)
    : s_(structure),
      facts_(facts),
      options_(options),
      covered_(covered_parts(structure)) {
  const auto count = s_.parts.size();
  headers_.resize(count);
  roots_.resize(count);
  childless_.resize(count);
  trimmed_.resize(count);
  ended_.resize(count);
  raw_below_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& part = s_.parts[i];
    roots_[i] = part.is_message_root ? i : roots_[part.parent];
    childless_[i] = part.is_multipart;
    if (part.parent != kNoPart) childless_[part.parent] = false;
  }
}

Result<void> TranscodePlanner::plan() {
  const auto count = static_cast<std::uint32_t>(s_.parts.size());
  // A byte order mark or the "From " line of a mailbox is no part of a message.
  if (const auto begin = s_.parts[0].header.offset; begin > 0) {
    replace({0, begin}, {});
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    auto planned = is_leaf(i) ? plan_leaf(i) : plan_outside(i);
    if (!planned) return planned;
  }
  // Before the labels: what stays raw in a header keeps the labels above it.
  for (std::uint32_t i = 0; i < count; ++i) {
    if (auto planned = plan_fields(i); !planned) return planned;
  }
  plan_labels();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (auto planned = replace_fields(i); !planned) return planned;
    add_fields(i);
  }
  plan_gaps();
  return {};
}

bool TranscodePlanner::is_leaf(std::uint32_t index) const {
  return s_.parts[index].is_leaf() || childless_[index];
}

bool TranscodePlanner::forbidden(std::uint32_t index) const {
  const auto& facts = facts_[index];
  if (options_.most == binary && s_.encoding(s_.parts[index]) == "binary") {
    return false;
  }
  return facts.odd() || (options_.most == seven_bit && facts.high);
}

std::string_view TranscodePlanner::what_it_holds(std::uint32_t index) const {
  const auto& facts = facts_[index];
  if (facts.nul) return "NUL";
  if (facts.bare_cr) return "CR without LF";
  if (facts.bare_lf) return "LF without CR";
  if (facts.long_line) return "a line over 998 octets";
  return "octets beyond ASCII";
}

std::string TranscodePlanner::named(std::uint32_t index) const {
  return "part " + s_.id(index) + " (" +
         printable(s_.type(s_.parts[index]), 80) + ")";
}

Result<void> TranscodePlanner::may_change(std::uint32_t index,
                                          std::string_view holds) const {
  const auto cut_off = [&](DefectRule rule) {
    return s_.defect_counts[static_cast<std::size_t>(rule)] > 0;
  };
  if (cut_off(DefectRule::parts_cut_off) ||
      cut_off(DefectRule::fields_cut_off) ||
      cut_off(DefectRule::header_cut_off)) {
    return Error{ErrorKind::bad_input,
                 named(index) + " holds " + std::string(holds) +
                     ", and the message has more parts or header fields than "
                     "can be rewritten"};
  }
  const auto by = covered_[index];
  if (by.empty()) return {};
  const bool encrypted = by == "multipart/encrypted";
  return Error{ErrorKind::bad_input,
               named(index) + " holds " + std::string(holds) + " and is " +
                   (encrypted ? "encrypted" : "signed") + " (" +
                   std::string(by) + "): it cannot be rewritten",
               "", "",
               options_.most == seven_bit
                   ? "a server that offers 8BITMIME may take it as it is; or "
                     "encode the text first and sign it then"
                   : "whoever signs it must encode the text first and sign it "
                     "then"};
}

Result<void> TranscodePlanner::plan_leaf(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const auto declared = s_.encoding(part);
  const auto& facts = facts_[index];
  if (forbidden(index)) return plan_encoded(index);
  if (facts.high) report_.form = std::max(report_.form, eight_bit);
  if (declared == "binary" && options_.most == binary) {
    report_.form = binary;
    return {};
  }
  const bool too_rich =
      (declared == "8bit" && options_.most == seven_bit) ||
      (declared == "binary" && options_.most != binary);
  if (too_rich && covered_[index].empty()) {
    label(index, facts.high ? "8bit" : "7bit", PartChange::What::labelled);
  }
  return {};
}

Result<void> TranscodePlanner::plan_encoded(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const auto& facts = facts_[index];
  if (auto may = may_change(index, what_it_holds(index)); !may) return may;
  const auto type = s_.type(part);
  const auto decode = part.transfer_encoding;
  if (decode == TransferEncoding::identity && !childless_[index] &&
      !may_be_encoded(type)) {
    return Error{ErrorKind::bad_input,
                 named(index) + " holds " + std::string(what_it_holds(index)) +
                     ", and a part of this type may not be encoded"};
  }
  if (!facts.decoded_whole) {
    return Error{ErrorKind::bad_input,
                 named(index) + " holds " + std::string(what_it_holds(index)) +
                     ", and its " + printable(s_.encoding(part), 40) +
                     " cannot be read to encode it anew"};
  }
  // Quoted-printable knows no line end but CRLF.
  const bool base64 = decode == TransferEncoding::base64 ||
                      facts.decoded_bare_lf || facts.base64_shorter;
  const auto to = base64 ? TransferEncoding::base64
                         : TransferEncoding::quoted_printable;
  auto& header = headers_[index];
  if (s_.find(part, FieldId::content_type) == nullptr || childless_[index]) {
    header.content_type = std::string("text/plain; charset=") +
                          (facts.utf8 ? "utf-8" : "unknown-8bit");
  }
  headers_[roots_[index]].mime_version = true;
  label(index, name_of(to), PartChange::What::encoded);
  encode_body(index, to);
  return {};
}

void TranscodePlanner::encode_body(std::uint32_t index, TransferEncoding to) {
  using LineEnd = Edit::LineEnd;
  const auto& part = s_.parts[index];
  Edit edit;
  edit.kind = Edit::Kind::encode;
  edit.span = part.body;
  edit.decode = part.transfer_encoding;
  edit.encode = to;
  const bool last = part.body.end() == s_.octets;
  if (to == TransferEncoding::base64) {
    edit.line_end = last ? LineEnd::keep : LineEnd::drop;
  } else if (!facts_[index].decoded_line_end) {
    edit.line_end = last ? LineEnd::soften : LineEnd::drop;
  }
  edits_.push_back(std::move(edit));
}

void TranscodePlanner::label(std::uint32_t index, std::string_view to,
                             PartChange::What what) {
  const auto& part = s_.parts[index];
  headers_[index].encoding = to;
  report_.parts.push_back({what, s_.id(index), std::string(s_.type(part)),
                           std::string(s_.encoding(part)), std::string(to)});
}

// A multipart or message: what is in none of its parts.
Result<void> TranscodePlanner::plan_outside(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const auto& facts = facts_[index];
  if (auto fit = check_boundary(index); !fit) return fit;
  if (!facts.odd() && !(options_.most == seven_bit && facts.high)) {
    if (facts.high) report_.form = std::max(report_.form, eight_bit);
    return {};
  }
  const auto after_close =
      static_cast<std::size_t>(DefectRule::delimiter_after_close);
  if (auto may = may_change(index, what_it_holds(index)); !may) return may;
  if (s_.defect_counts[after_close] > 0) {
    return Error{ErrorKind::bad_input,
                 named(index) + " holds " + std::string(what_it_holds(index)) +
                     " behind its end, where some readers see another part"};
  }
  trimmed_[index] = true;
  report_.parts.push_back({PartChange::What::trimmed, s_.id(index),
                           std::string(s_.type(part)),
                           std::string(s_.encoding(part)), {}});
  return {};
}

// Delimiter lines hold it, and cannot be encoded.
Result<void> TranscodePlanner::check_boundary(std::uint32_t index) const {
  const auto type = s_.value_of(s_.parts[index], FieldId::content_type);
  if (!type || (is_ascii(*type) && type->find('*') == type->npos &&
                !has_line_break_or_nul(*type))) {
    return {};
  }
  const auto boundary = parse_media_type(*type).boundary;
  const bool fit = options_.most != seven_bit || is_ascii(boundary);
  if (fit && !has_line_break_or_nul(boundary)) return {};
  return Error{ErrorKind::bad_input,
               "the boundary of " + named(index) +
                   " holds octets that cannot be sent"};
}

// Of what is made of parts: once these are poorer, so is it.
void TranscodePlanner::plan_labels() {
  for (std::uint32_t i = 0; i < s_.parts.size(); ++i) {
    const auto& part = s_.parts[i];
    if (is_leaf(i) || !covered_[i].empty()) continue;
    const auto declared = s_.encoding(part);
    if (declared == "binary" && options_.most == binary) {
      report_.form = binary;
    } else if (options_.most == seven_bit && !raw_below_[i] &&
               (declared == "8bit" || declared == "binary")) {
      label(i, "7bit", PartChange::What::labelled);
    } else if (options_.most != binary && declared == "binary") {
      label(i, "8bit", PartChange::What::labelled);
    }
  }
}

// Lines between the parts of a multipart, and before and behind them.
void TranscodePlanner::plan_gaps() {
  const auto gap = [this](std::uint64_t begin, std::uint64_t end) {
    if (end <= begin) return;
    Edit edit;
    edit.kind = Edit::Kind::filter_lines;
    edit.span = {begin, end - begin};
    edits_.push_back(std::move(edit));
  };
  std::vector<std::uint64_t> seen(s_.parts.size());  // up to here
  for (std::uint32_t i = 0; i < s_.parts.size(); ++i) {
    const auto& part = s_.parts[i];
    seen[i] = part.body.offset;
    if (part.parent == kNoPart || !trimmed_[part.parent]) continue;
    gap(seen[part.parent], part.header.offset);
    seen[part.parent] = part.body.end();
  }
  for (std::uint32_t i = 0; i < s_.parts.size(); ++i) {
    if (trimmed_[i] && s_.parts[i].is_multipart) gap(seen[i], s_.parts[i].body.end());
  }
}

void TranscodePlanner::replace(Span span, std::string text) {
  Edit edit;
  edit.span = span;
  edit.text = std::move(text);
  edits_.push_back(std::move(edit));
}

std::vector<Transcoder::Edit> TranscodePlanner::take_edits() {
  // What is added before a body goes before what replaces the body.
  std::stable_sort(edits_.begin(), edits_.end(),
                   [](const Edit& a, const Edit& b) {
                     return std::pair(a.span.offset, a.span.length) <
                            std::pair(b.span.offset, b.span.length);
                   });
  report_.changed = !edits_.empty();
  return std::move(edits_);
}

}  // namespace mailtool::mime
