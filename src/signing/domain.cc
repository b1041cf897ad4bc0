#include "signing/domain.h"

#include "mailtool/base/ascii.h"

namespace mailtool::signing {

// sub-domain *("." sub-domain)   ; RFC 6376 section 3.1, RFC 5321 section 4.1.2
bool is_domain(std::string_view text) noexcept {
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool allowed =
        is_alpha(c) || is_digit(c) || c == '-' || c == '_' || is_8bit(c);
    if (!allowed || ++label > 63) return false;
  }
  return label > 0;
}

bool is_below(std::string_view name, std::string_view parent) noexcept {
  return name.size() > parent.size() + 1 &&
         name[name.size() - parent.size() - 1] == '.' &&
         iequals(name.substr(name.size() - parent.size()), parent);
}

}  // namespace mailtool::signing
