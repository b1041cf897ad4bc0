/// \file
/// How a mailbox's folder on disk is called.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::app {

/// One name in one folder, never "." or "..", of at most `most` octets: `folder`
/// with "/", "%", "\", controls, a "." at its start and what is not UTF-8
/// written as %XX. Different folders have different names; one that would be
/// too long is cut and ends in "%#" and a digest. \pre `most` is at least 100
[[nodiscard]] std::string mirror_folder_name(std::string_view folder,
                                             std::size_t most = 255);

/// The inverse; of a name that was cut, or that is none, the name itself.
[[nodiscard]] std::string mirrored_folder(std::string_view name);

}  // namespace mailtool::app
