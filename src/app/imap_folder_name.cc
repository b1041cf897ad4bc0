#include "app/imap_folder_name.h"

#include <utility>

#include "mailtool/imap/mailbox_name.h"

namespace mailtool::app {

Result<void> check_folder_names(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    auto legal = imap::mailbox_from_utf8(name);
    if (!legal) return std::move(legal).error();
  }
  return {};
}

}  // namespace mailtool::app
