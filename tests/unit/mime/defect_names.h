// A DefectSet as words, for tests.
#pragma once

#include <string>

#include "mailtool/mime/defect.h"

namespace mailtool::mime {

// "malformed-address encoded-word-in-address", in the order of the table.
inline std::string names(DefectSet defects) {
  std::string text;
  for (std::size_t i = 0; i < kDefectRules; ++i) {
    const auto rule = static_cast<DefectRule>(i);
    if (!defects.has(rule)) continue;
    if (!text.empty()) text += ' ';
    text += info(rule).name;
  }
  return text;
}

}  // namespace mailtool::mime
