#include "mailtool/imap/capability.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::imap {

Capabilities::Capabilities(const std::vector<std::string_view>& names) {
  for (const auto name : names) {
    if (names_.size() == kMaxNames) break;
    if (name.empty() || name.size() > kMaxNameOctets) continue;
    names_.push_back(upper(name));
  }
}

bool Capabilities::has(std::string_view name) const {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const auto& known) { return iequals(known, name); });
}

std::vector<std::string> Capabilities::auth_mechanisms() const {
  std::vector<std::string> mechanisms;
  for (const auto& name : names_) {
    if (name.starts_with("AUTH=") && name.size() > 5) {
      mechanisms.push_back(name.substr(5));
    }
  }
  return mechanisms;
}

std::optional<std::uint64_t> Capabilities::limit(std::string_view name) const {
  const std::string prefix = upper(name) + "=";
  for (const auto& known : names_) {
    if (known.starts_with(prefix)) {
      return parse_number(std::string_view(known).substr(prefix.size()));
    }
  }
  return std::nullopt;
}

}  // namespace mailtool::imap
