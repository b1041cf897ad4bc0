#include "mailtool/mime/structure.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

template <class Matches>
const Field* find_if(const Structure& structure, const Part& part,
                     Matches matches) {
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure.fields[part.first_field + i];
    if (matches(field)) return &field;
  }
  return nullptr;
}

}  // namespace

const Field* Structure::find(const Part& part, std::string_view name) const {
  return find_if(*this, part, [this, name](const Field& field) {
    return iequals(this->name(field), name);
  });
}

const Field* Structure::find(const Part& part, FieldId id) const {
  return find_if(*this, part,
                 [id](const Field& field) { return field.id == id; });
}

std::optional<std::string_view> Structure::value_of(
    const Part& part, std::string_view name) const {
  const auto* const field = find(part, name);
  if (field == nullptr) return std::nullopt;
  return value(*field);
}

std::optional<std::string_view> Structure::value_of(const Part& part,
                                                    FieldId id) const {
  const auto* const field = find(part, id);
  if (field == nullptr) return std::nullopt;
  return value(*field);
}

// Numbers from the part up to the top, put in order.
std::string Structure::id(std::uint32_t index) const {
  std::string reversed;
  const auto put = [&reversed](std::string_view number) {
    if (!reversed.empty()) reversed += '.';
    reversed.append(number.rbegin(), number.rend());
  };
  while (true) {
    const auto& part = parts[index];
    if (part.is_message_root) {
      // The multipart of a message has a number only where it is named itself.
      if (!part.is_multipart) {
        put("1");
      } else if (reversed.empty()) {
        put("0");
      }
    } else {
      put(std::to_string(part.number));
    }
    if (part.parent == kNoPart) break;
    index = part.parent;
  }
  return {reversed.rbegin(), reversed.rend()};
}

const Part* Structure::find_part(std::string_view id) const {
  const auto dots = static_cast<std::uint32_t>(
      std::count(id.begin(), id.end(), '.'));
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    // A part has at most as many numbers as it is deep, and one more.
    if (parts[i].depth >= dots && this->id(i) == id) return &parts[i];
  }
  const bool names_top = id == "0" && parts.size() == 1;
  return names_top ? parts.data() : nullptr;
}

bool Structure::defective() const {
  return std::any_of(defects.begin(), defects.end(), [](const Defect& defect) {
    return info(defect.rule).severity > Severity::remark;
  });
}

void Structure::clear() {
  parts.clear();
  fields.clear();
  header_text.clear();
  texts.clear();
  defects.clear();
  defect_counts.fill(0);
  octets = 0;
}

TextSlice Structure::keep(std::string_view text) {
  const TextSlice slice{static_cast<std::uint32_t>(texts.size()),
                        static_cast<std::uint32_t>(text.size())};
  texts += text;
  return slice;
}

void Structure::add_defect(DefectRule rule, std::uint32_t part, Span where,
                           Ambiguity ambiguity) {
  auto& count = defect_counts[static_cast<std::size_t>(rule)];
  if (++count > kMaxDefectsOfRule) return;
  defects.push_back({rule, ambiguity, part, where.offset, where.length});
}

void Structure::add_defect(DefectRule rule, std::uint32_t part, Span where) {
  add_defect(rule, part, where, info(rule).ambiguity);
}

void Structure::add_defects(DefectSet rules, std::uint32_t part, Span where) {
  if (rules.empty()) return;
  for (std::size_t i = 0; i < kDefectRules; ++i) {
    const auto rule = static_cast<DefectRule>(i);
    if (rules.has(rule)) add_defect(rule, part, where);
  }
}

}  // namespace mailtool::mime
