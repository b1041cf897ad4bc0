// What the header of a part says: type, encoding, disposition, names.
// RFC 2045, RFC 2046, RFC 2183.
#include <bitset>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {
namespace {

// RFC 2046 section 5.1.1.
constexpr std::size_t kMaxBoundary = 70;

bool holds_message(const MediaType& media) {
  return media.is("message") &&
         (media.subtype == "rfc822" || media.subtype == "global" ||
          media.subtype == "news");
}

// RFC 2046 section 5.2: a message type has no encoding but 7bit, 8bit, binary.
// The reports are read as text, and RFC 6532 section 3.7 allows its own more.
bool may_be_encoded(const MediaType& media) {
  if (holds_message(media)) return false;
  return !media.is("message") || media.subtype.starts_with("global") ||
         media.subtype == "delivery-status" ||
         media.subtype == "disposition-notification" ||
         media.subtype == "feedback-report";
}

// What readers disagree about when this field stands twice.
Ambiguity ambiguity_of(FieldId id) {
  switch (id) {
    case FieldId::from:
    case FieldId::sender:
    case FieldId::reply_to: return Ambiguity::sender;
    case FieldId::content_type: return Ambiguity::structure;
    case FieldId::content_transfer_encoding: return Ambiguity::content;
    case FieldId::content_disposition: return Ambiguity::name;
    default: return Ambiguity::none;
  }
}

// The findings about parameters, without the one that the field has a rule of
// its own for.
DefectSet about_parameters(const ParameterizedValue& value) {
  auto defects = value.defects;
  defects.remove(DefectRule::malformed_parameter);
  if (value.duplicate) defects.add(DefectRule::duplicate_parameter);
  return defects;
}

}  // namespace

void Parser::read_header() {
  const auto index = open_.back().part;
  if (limits_.header_only) {
    auto& part = structure_.parts[index];
    part.type_text = structure_.keep("text/plain");
    part.encoding_text = structure_.keep("7bit");
    return;
  }
  check_octets(index);
  const auto named = name_fields(index);
  read_encoding(index, named.encoding);
  read_content_type(index, named);
  read_disposition(index, named.disposition);
  read_content_id(index, named.content_id);
}

// The fields that say what the part is; of several that may stand once the
// first counts, or with the policy the last.
Parser::Named Parser::name_fields(std::uint32_t index) {
  const auto& part = structure_.parts[index];
  Named named;
  std::bitset<32> seen;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure_.fields[part.first_field + i];
    if (!may_stand_once(field.id)) continue;
    const auto bit = static_cast<std::size_t>(field.id);
    const bool again = seen[bit];
    seen.set(bit);
    if (again) note_duplicate(field, index);
    if (again && !policy_.last_duplicate) continue;
    switch (field.id) {
      case FieldId::content_type: named.content_type = &field; break;
      case FieldId::content_transfer_encoding: named.encoding = &field; break;
      case FieldId::content_disposition: named.disposition = &field; break;
      case FieldId::content_id: named.content_id = &field; break;
      default: break;
    }
  }
  return named;
}

void Parser::note_duplicate(const Field& field, std::uint32_t index) {
  const auto* const first = structure_.find(structure_.parts[index], field.id);
  const bool same = structure_.value(*first) == structure_.value(field);
  structure_.add_defect(DefectRule::duplicate_field, index,
                        Structure::span(field),
                        same ? Ambiguity::none : ambiguity_of(field.id));
}

// NUL, bare CR and raw octets that are not UTF-8: one look at the whole header,
// and at its fields only where there is something.
void Parser::check_octets(std::uint32_t index) {
  const auto& part = structure_.parts[index];
  if (part.field_count == 0) return;
  const auto begin = structure_.fields[part.first_field].text;
  const std::string_view text =
      std::string_view(structure_.header_text).substr(begin);
  scan_.begin(0);
  scan_.scan(text, false);
  scan_.end();
  const auto& marks = scan_.marks();
  constexpr auto kNone = BodyMarks::kNone;
  if (marks.nul == kNone && marks.bare_cr == kNone && marks.high == kNone) {
    return;
  }
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure_.fields[part.first_field + i];
    const auto whole = structure_.whole(field);
    const auto note = [&](DefectRule rule) {
      structure_.add_defect(rule, index, Structure::span(field));
    };
    if (marks.high != kNone && !is_valid_utf8(whole)) {
      note(DefectRule::raw_8bit_header);
    }
    if (whole.find('\0') != whole.npos) note(DefectRule::nul_in_header);
    if (marks.bare_cr == kNone) continue;
    scan_.begin(0);
    scan_.scan(whole, false);
    scan_.end();
    if (scan_.marks().bare_cr != kNone) note(DefectRule::bare_cr_in_header);
  }
}

// entity-headers without Content-Type are text/plain, in a multipart/digest
// message/rfc822: RFC 2046 section 5.1.5.
void Parser::read_content_type(std::uint32_t index, const Named& named) {
  const auto* const field = named.content_type;
  const auto& above = structure_.parts[index];
  const bool in_digest =
      above.parent != kNoPart && !above.is_message_root &&
      structure_.type(structure_.parts[above.parent]) == "multipart/digest";
  parse_media_type(field != nullptr ? structure_.value(*field)
                   : in_digest      ? "message/rfc822"
                                    : "text/plain",
                   media_, {policy_.last_duplicate, policy_.plain_first});
  auto& part = structure_.parts[index];
  part.type_text = structure_.keep(media_.type);
  structure_.keep("/");
  structure_.keep(media_.subtype);
  part.type_text.length += static_cast<std::uint32_t>(1 + media_.subtype.size());
  part.charset_text = structure_.keep(media_.charset);
  part.name_text = structure_.keep(media_.name);
  const auto where = field != nullptr ? Structure::span(*field) : part.header;
  if (media_.defective) {
    structure_.add_defect(DefectRule::malformed_content_type, index, where);
  }
  structure_.add_defects(about_parameters(media_.parameters), index, where);
  const bool encoded = part.transfer_encoding != TransferEncoding::identity;
  if (encoded && (media_.is("multipart") || !may_be_encoded(media_))) {
    structure_.add_defect(DefectRule::encoding_on_composite, index,
                          Structure::span(*named.encoding));
  }
  if (encoded && policy_.decode_multiparts && media_.is("multipart")) return;
  if (media_.is("multipart")) {
    read_boundary(index, media_.boundary, where);
  } else if (holds_message(media_) && !encoded && may_nest(index)) {
    structure_.parts[index].is_message = true;
  } else if (media_.is("message") && media_.subtype == "partial") {
    structure_.add_defect(DefectRule::fragment, index, where);
  } else if (media_.is("message") && media_.subtype == "external-body") {
    structure_.add_defect(DefectRule::external_body, index, where);
  }
}

void Parser::read_boundary(std::uint32_t index, std::string_view boundary,
                           Span where) {
  if (boundary.empty()) {
    structure_.add_defect(DefectRule::boundary_missing, index, where);
    if (!policy_.guess_boundary || !may_nest(index)) return;
    open_.back().guessing = true;
  }
  if (boundary.size() > kMaxBoundary) {
    structure_.add_defect(DefectRule::boundary_too_long, index, where);
  }
  // A delimiter must fit the line that is looked at, with "--" on both sides.
  if (boundary.size() > kMaxDelimiterLine - 10 || !may_nest(index)) return;
  for (const auto& open : open_) {
    const auto outer = boundary_of(open);
    if (outer.empty() || !boundary.starts_with(outer)) continue;
    structure_.add_defect(boundary == outer ? DefectRule::boundary_repeated
                                            : DefectRule::boundary_prefix,
                          index, where);
    break;
  }
  set_boundary(boundary);
  auto& part = structure_.parts[index];
  part.is_multipart = true;
  // RFC 2045 section 6.4: only the parts of a multipart can be encoded.
  part.transfer_encoding = TransferEncoding::identity;
}

bool Parser::may_nest(std::uint32_t index) {
  const auto& part = structure_.parts[index];
  if (part.depth >= limits_.depth) {
    structure_.add_defect(DefectRule::depth_cut_off, index,
                          {part.body.offset, 0});
    return false;
  }
  if (structure_.parts.size() >= limits_.parts) {
    if (!parts_cut_off_) {
      structure_.add_defect(DefectRule::parts_cut_off, index,
                            {part.body.offset, 0});
    }
    parts_cut_off_ = true;
    return false;
  }
  return true;
}

void Parser::read_encoding(std::uint32_t index, const Field* field) {
  auto& part = structure_.parts[index];
  if (field == nullptr) {
    part.encoding_text = structure_.keep("7bit");
    return;
  }
  const auto value = structure_.value(*field);
  parse_parameters(value, parameters_);
  part.encoding_text = structure_.keep(parameters_.value);
  bool known = true;
  part.transfer_encoding = transfer_encoding_of(parameters_.value, &known);
  if (!known || parameters_.defective) {
    structure_.add_defect(DefectRule::unknown_encoding, index,
                          Structure::span(*field));
  }
}

void Parser::read_disposition(std::uint32_t index, const Field* field) {
  if (field == nullptr) return;
  auto& part = structure_.parts[index];
  parse_parameters(structure_.value(*field), parameters_,
                   {policy_.last_duplicate, policy_.plain_first});
  part.disposition_text = structure_.keep(parameters_.value);
  const auto where = Structure::span(*field);
  if (parameters_.defective) {
    structure_.add_defect(DefectRule::malformed_disposition, index, where);
  }
  structure_.add_defects(about_parameters(parameters_), index, where);
  const auto* const name = parameters_.find("filename");
  if (name == nullptr || name->empty()) return;
  const auto other = structure_.file_name(part);
  if (!other.empty() && other != *name) {
    structure_.add_defect(DefectRule::names_differ, index, where);
    if (policy_.type_name_first) return;
  }
  part.name_text = structure_.keep(*name);
}

void Parser::read_content_id(std::uint32_t index, const Field* field) {
  if (field == nullptr) return;
  const auto ids = parse_message_ids(structure_.value(*field), 1);
  if (ids.empty()) return;
  structure_.parts[index].content_id_text = structure_.keep(ids[0]);
}

}  // namespace mailtool::mime
