#include "app/imap_folder_name.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/mailbox_name.h"

namespace mailtool::app {

std::string name_meant(const std::string& typed) {
  return typed.starts_with("@@") ? typed.substr(1) : typed;
}

std::string typed_name(const std::string& utf8) {
  if (!utf8.starts_with('@')) return utf8;
  const auto behind = std::string_view(utf8).substr(1);
  const bool is_role =
      std::any_of(kFolderRoles.begin(), kFolderRoles.end(),
                  [&](auto role) { return iequals(role, behind); });
  return is_role || behind.starts_with('@') ? "@" + utf8 : utf8;
}

Result<void> check_folder_names(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    auto legal = imap::mailbox_from_utf8(name);
    if (!legal) return std::move(legal).error();
  }
  return {};
}

}  // namespace mailtool::app
