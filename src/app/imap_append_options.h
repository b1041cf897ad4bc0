/// \file
/// What the command line of `imap append` says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/imap_verbs.h"

namespace mailtool::app {

struct AppendOptions {
  std::string folder;
  std::vector<std::string> flags;
  std::optional<std::int64_t> date;  ///< of arrival; seconds since 1970
};

/// From FOLDER, --flag and --date. Fails with usage.
/// \pre there is a word
Result<AppendOptions> append_options(const Invocation& invocation,
                                     const Words& words);

}  // namespace mailtool::app
