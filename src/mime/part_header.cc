// What the header of a part says: type, encoding, disposition, names.
// RFC 2045, RFC 2046, RFC 2183.
#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/media_type.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {
namespace {

// Fields that may stand once: RFC 5322 section 3.6, RFC 2045 section 3.
constexpr std::array<std::string_view, 17> kSingletons = {
    "from",         "sender",       "reply-to",
    "to",           "cc",           "bcc",
    "subject",      "date",         "message-id",
    "in-reply-to",  "references",   "mime-version",
    "content-type", "content-id",   "content-transfer-encoding",
    "content-disposition", "content-description"};

// RFC 2046 section 5.1.1.
constexpr std::size_t kMaxBoundary = 70;

bool holds_message(const MediaType& media) {
  return media.is("message") &&
         (media.subtype == "rfc822" || media.subtype == "global" ||
          media.subtype == "news");
}

}  // namespace

void Parser::read_header() {
  const auto index = open_.back().part;
  check_fields(index);
  read_encoding(index);
  read_content_type(index);
  read_disposition(index);
  auto& part = structure_.parts[index];
  if (const auto id = structure_.value_of(part, "Content-ID")) {
    if (auto ids = parse_message_ids(*id, 1); !ids.empty()) {
      part.content_id = std::move(ids[0]);
    }
  }
  name_part(index);
}

void Parser::check_fields(std::uint32_t index) {
  const auto& part = structure_.parts[index];
  std::array<bool, kSingletons.size()> seen{};
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure_.fields[part.first_field + i];
    const auto value = structure_.value(field);
    const Span span{field.offset,
                    field.value - field.text + field.value_length};
    if (!is_ascii(value) && !is_valid_utf8(value)) {
      structure_.add_defect(DefectRule::raw_8bit_header, index, span);
    }
    const auto name = structure_.name(field);
    const auto* const known =
        std::find_if(kSingletons.begin(), kSingletons.end(),
                     [name](auto single) { return iequals(single, name); });
    if (known == kSingletons.end()) continue;
    auto& before = seen[static_cast<std::size_t>(known - kSingletons.begin())];
    if (before) structure_.add_defect(DefectRule::duplicate_field, index, span);
    before = true;
  }
}

Span Parser::span_of(std::uint32_t index, std::string_view name) const {
  const auto* const field = structure_.find(structure_.parts[index], name);
  if (field == nullptr) return structure_.parts[index].header;
  return {field->offset, field->value - field->text + field->value_length};
}

// entity-headers without Content-Type are text/plain, in a multipart/digest
// message/rfc822: RFC 2046 section 5.1.5.
void Parser::read_content_type(std::uint32_t index) {
  auto& part = structure_.parts[index];
  const auto value = structure_.value_of(part, "Content-Type");
  const bool in_digest =
      part.parent != kNoPart && !part.is_message_root &&
      structure_.parts[part.parent].type == "multipart/digest";
  const auto media = value       ? parse_media_type(*value)
                     : in_digest ? parse_media_type("message/rfc822")
                                 : MediaType{};
  part.type = media.full();
  part.charset = media.charset;
  part.name = media.name;
  if (media.defective) {
    structure_.add_defect(DefectRule::malformed_content_type, index,
                          span_of(index, "Content-Type"));
  }
  if (media.duplicate_parameter) {
    structure_.add_defect(DefectRule::duplicate_parameter, index,
                          span_of(index, "Content-Type"));
  }
  const bool encoded = part.transfer_encoding != TransferEncoding::identity;
  if (encoded && (media.is("multipart") || holds_message(media))) {
    structure_.add_defect(DefectRule::encoding_on_composite, index,
                          span_of(index, "Content-Transfer-Encoding"));
  }
  if (media.is("multipart")) {
    read_boundary(index, media.boundary);
  } else if (holds_message(media) && !encoded && may_nest(index)) {
    part.is_message = true;
  }
}

void Parser::read_boundary(std::uint32_t index, const std::string& boundary) {
  auto& part = structure_.parts[index];
  const auto where = span_of(index, "Content-Type");
  if (boundary.empty()) {
    structure_.add_defect(DefectRule::boundary_missing, index, where);
    return;
  }
  if (boundary.size() > kMaxBoundary) {
    structure_.add_defect(DefectRule::boundary_too_long, index, where);
  }
  // A delimiter must fit the line that is looked at, with "--" on both sides.
  if (boundary.size() > kMaxDelimiterLine - 10 || !may_nest(index)) return;
  for (const auto& open : open_) {
    if (open.boundary != boundary) continue;
    structure_.add_defect(DefectRule::boundary_repeated, index, where);
    break;
  }
  open_.back().boundary = boundary;
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

void Parser::read_encoding(std::uint32_t index) {
  auto& part = structure_.parts[index];
  part.encoding = "7bit";
  const auto value = structure_.value_of(part, "Content-Transfer-Encoding");
  if (!value) return;
  part.encoding = parse_parameters(*value).value;
  bool known = true;
  part.transfer_encoding = parse_transfer_encoding(*value, &known);
  if (!known) {
    structure_.add_defect(DefectRule::unknown_encoding, index,
                          span_of(index, "Content-Transfer-Encoding"));
  }
}

void Parser::read_disposition(std::uint32_t index) {
  auto& part = structure_.parts[index];
  const auto value = structure_.value_of(part, "Content-Disposition");
  if (!value) return;
  const auto read = parse_parameters(*value);
  part.disposition = read.value;
  if (read.defective) {
    structure_.add_defect(DefectRule::malformed_disposition, index,
                          span_of(index, "Content-Disposition"));
  }
  if (const auto* name = read.find("filename"); name && !name->empty()) {
    part.name = *name;
  }
}

// See Part::id.
void Parser::name_part(std::uint32_t index) {
  auto& part = structure_.parts[index];
  if (part.is_message_root) {
    if (part.parent != kNoPart) part.id = structure_.parts[part.parent].id + ".";
    part.id += part.is_multipart ? '0' : '1';
    return;
  }
  const auto& parent = structure_.parts[part.parent];
  part.id = parent.id;
  if (parent.is_message_root) {
    part.id.pop_back();  // the "0" of the multipart
  } else {
    part.id += '.';
  }
  part.id += std::to_string(part.number);
}

}  // namespace mailtool::mime
