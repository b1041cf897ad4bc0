#include "mailtool/mime/field_name.h"

#include <array>

namespace mailtool::mime {
namespace {

struct Known {
  std::string_view name;
  FieldId id;
};

constexpr Known kKnown[] = {
    {"from", FieldId::from},
    {"sender", FieldId::sender},
    {"reply-to", FieldId::reply_to},
    {"to", FieldId::to},
    {"cc", FieldId::cc},
    {"bcc", FieldId::bcc},
    {"subject", FieldId::subject},
    {"date", FieldId::date},
    {"message-id", FieldId::message_id},
    {"in-reply-to", FieldId::in_reply_to},
    {"references", FieldId::references},
    {"mime-version", FieldId::mime_version},
    {"content-type", FieldId::content_type},
    {"content-id", FieldId::content_id},
    {"content-transfer-encoding", FieldId::content_transfer_encoding},
    {"content-disposition", FieldId::content_disposition},
    {"content-description", FieldId::content_description},
    {"received", FieldId::received},
    {"return-path", FieldId::return_path},
    {"dkim-signature", FieldId::dkim_signature},
    {"authentication-results", FieldId::authentication_results},
};

// A perfect hash over length, first and middle octet; checked below.
constexpr std::size_t kSlots = 64;
constexpr std::size_t slot(std::string_view name) {
  const auto first = static_cast<unsigned char>(name.front()) | 0x20U;
  const auto middle = static_cast<unsigned char>(name[name.size() / 2]) | 0x20U;
  return (name.size() + first * 9 + middle * 35) % kSlots;
}

constexpr bool no_collisions() {
  std::array<bool, kSlots> taken{};
  for (const auto& row : kKnown) {
    auto& place = taken[slot(row.name)];
    if (place) return false;
    place = true;
  }
  return true;
}
static_assert(no_collisions());

constexpr auto make_slots() {
  std::array<Known, kSlots> slots{};
  for (const auto& row : kKnown) {
    slots[slot(row.name)] = row;
  }
  return slots;
}
constexpr auto kSlotTable = make_slots();

// `known` is letters in lower case and "-", which 0x20 makes of no other
// character of a field name.
bool is_name(std::string_view name, std::string_view known) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (static_cast<char>(name[i] | 0x20) != known[i]) return false;
  }
  return true;
}

}  // namespace

FieldId field_id(std::string_view name) noexcept {
  if (name.empty()) return FieldId::other;
  const auto& row = kSlotTable[slot(name)];
  if (row.name.size() != name.size()) return FieldId::other;
  return is_name(name, row.name) ? row.id : FieldId::other;
}

}  // namespace mailtool::mime
