#include "mailtool/mime/header_check.h"

#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/message_id.h"

namespace mailtool::mime {
namespace {

bool names_a_sender(FieldId id) {
  return id == FieldId::from || id == FieldId::sender;
}

}  // namespace

void HeaderCheck::check(Structure& structure) {
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    if (structure.parts[i].is_message_root) check_message(structure, i);
  }
  // What only a hostile list needed is not kept for the messages to come.
  constexpr std::size_t kKept = 10'000;
  if (addresses_.mailboxes.size() + addresses_.spare_mailboxes.size() > kKept) {
    addresses_ = {};
  }
}

void HeaderCheck::check_message(Structure& structure, std::uint32_t index) {
  const auto part = structure.parts[index];
  authors_ = 0;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    check_field(structure, structure.fields[part.first_field + i]);
  }
  check_from(structure, index);
  if (structure.find(part, FieldId::date) == nullptr) {
    structure.add_defect(DefectRule::date_missing, index, part.header);
  }
}

void HeaderCheck::check_field(Structure& structure, const Field& field) {
  const auto value = structure.value(field);
  const auto where = Structure::span(field);
  DefectSet found;
  switch (field.id) {
    case FieldId::from:
    case FieldId::sender:
    case FieldId::reply_to:
    case FieldId::to:
    case FieldId::cc:
    case FieldId::bcc: check_addresses(structure, field); return;
    case FieldId::date:
      if (!parse_date_time(value)) {
        structure.add_defect(DefectRule::malformed_date, field.part, where);
      }
      return;
    case FieldId::message_id:
      parse_message_ids(value, ids_, &found);
      structure.add_defects(found, field.part, where);
      return;
    // In-Reply-To was prose once: RFC 822 section 4.6.2.
    case FieldId::in_reply_to:
    case FieldId::references: return;
    case FieldId::subject:
    case FieldId::content_description: break;
    default:
      if (value.find("=?") == value.npos) return;
  }
  decoded_.clear();
  decode_value(value, decoded_, &found);
  structure.add_defects(found, field.part, where);
}

void HeaderCheck::check_addresses(Structure& structure, const Field& field) {
  parse_address_list(structure.value(field), addresses_);
  if (field.id == FieldId::from && authors_ == 0) {
    authors_ = addresses_.mailboxes.size();
  }
  if (addresses_.defects.empty()) return;
  const auto where = Structure::span(field);
  for (std::size_t i = 0; i < kDefectRules; ++i) {
    const auto rule = static_cast<DefectRule>(i);
    if (!addresses_.defects.has(rule)) continue;
    // Whoever reads it otherwise sees another author, or another recipient.
    const auto ambiguity = names_a_sender(field.id) ? Ambiguity::sender
                           : info(rule).ambiguity == Ambiguity::sender
                               ? Ambiguity::none
                               : info(rule).ambiguity;
    structure.add_defect(rule, field.part, where, ambiguity);
  }
}

// RFC 5322 section 3.6.2: From stands once, and several authors need a Sender.
void HeaderCheck::check_from(Structure& structure, std::uint32_t index) {
  const auto& part = structure.parts[index];
  const auto* const from = structure.find(part, FieldId::from);
  if (from == nullptr) {
    structure.add_defect(DefectRule::from_missing, index, part.header);
    return;
  }
  if (authors_ > 1 && structure.find(part, FieldId::sender) == nullptr) {
    structure.add_defect(DefectRule::several_from_addresses, index,
                         Structure::span(*from));
  }
}

}  // namespace mailtool::mime
