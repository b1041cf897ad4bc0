#include "mailtool/mime/structure.h"

#include "mailtool/base/ascii.h"

namespace mailtool::mime {

const Field* Structure::find(const Part& part, std::string_view name) const {
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = fields[part.first_field + i];
    if (iequals(this->name(field), name)) return &field;
  }
  return nullptr;
}

std::optional<std::string_view> Structure::value_of(
    const Part& part, std::string_view name) const {
  const auto* const field = find(part, name);
  if (field == nullptr) return std::nullopt;
  return value(*field);
}

const Part* Structure::find_part(std::string_view id) const {
  for (const auto& part : parts) {
    if (part.id == id) return &part;
  }
  const bool names_top = id == "0" && parts.size() == 1;
  return names_top ? parts.data() : nullptr;
}

void Structure::add_defect(DefectRule rule, std::uint32_t part, Span where) {
  if (defects.size() >= kMaxDefects) {
    more_defects = true;
    return;
  }
  defects.push_back(
      {rule, info(rule).ambiguity, part, where.offset, where.length});
}

}  // namespace mailtool::mime
