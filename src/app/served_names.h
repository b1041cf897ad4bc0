/// \file
/// The folders that mailboxes of `serve` are in: names of Maildir++.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Levels of a name, and octets of a folder's.
inline constexpr std::size_t kMaxLevels = 32;
inline constexpr std::size_t kMaxFolderName = 200;

/// ".Work.2026" for "Work/2026": modified UTF-7, in which a dot within a level
/// is "&AC4-". Never of INBOX, whose folder is the user's own. Fails with
/// rejected for what can be no name: `what` has a response code then.
Result<std::string> folder_of_name(std::string_view name);

/// The inverse; nullopt for what folder_of_name() does not give.
[[nodiscard]] std::optional<std::string> name_of_folder(
    std::string_view folder);

/// "Work/2026" is below "Work".
[[nodiscard]] bool is_name_below(std::string_view name, std::string_view above);

}  // namespace mailtool::app
