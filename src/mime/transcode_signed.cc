#include "transcode_signed.h"

#include "mailtool/base/ascii.h"

namespace mailtool::mime {

std::string_view signing_field(const Structure& structure, const Part& part) {
  constexpr std::string_view kFields[] = {"DKIM-Signature", "ARC-Seal",
                                          "ARC-Message-Signature"};
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure.fields[part.first_field + i];
    for (const auto name : kFields) {
      if (iequals(structure.name(field), name)) return name;
    }
  }
  return {};
}

std::vector<std::string_view> covered_parts(const Structure& structure) {
  std::vector<std::string_view> covered(structure.parts.size());
  for (std::size_t i = 0; i < structure.parts.size(); ++i) {
    const auto& part = structure.parts[i];
    if (part.parent != kNoPart) {
      const auto parent = structure.type(structure.parts[part.parent]);
      covered[i] = covered[part.parent];
      // The second part is the signature, which may be written in any way.
      if (parent == "multipart/signed" && part.number == 1) {
        covered[i] = "multipart/signed";
      } else if (parent == "multipart/encrypted") {
        covered[i] = "multipart/encrypted";
      }
    }
    if (!part.is_message_root || !covered[i].empty()) continue;
    covered[i] = signing_field(structure, part);
  }
  return covered;
}

}  // namespace mailtool::mime
