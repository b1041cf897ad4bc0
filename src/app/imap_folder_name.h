/// \file
/// Names of folders as they are typed, looked at before anything is sent.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// What stands behind the "@" of a special folder.
inline constexpr std::array<std::string_view, 6> kFolderRoles{
    "inbox", "sent", "drafts", "trash", "junk", "archive"};

/// The name of the folder that is `typed` so, but for a role: two @ in front
/// stand for one, "@@trash" for a folder called "@trash".
[[nodiscard]] std::string name_meant(const std::string& typed);

/// The inverse: how a folder called `utf8` is to be typed, and printed wherever
/// a script may take its name from. "@@trash" for one called "@trash", which
/// would else be the folder of that role; nearly always `utf8` itself.
[[nodiscard]] std::string typed_name(const std::string& utf8);

/// Fails with usage where one of them is no name that could be sent: empty, not
/// UTF-8, with a line break.
Result<void> check_folder_names(const std::vector<std::string>& names);

}  // namespace mailtool::app
