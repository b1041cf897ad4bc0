/// \file
/// Folders that are there for good once they were made.
#pragma once

#include <string>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// Creates `path` and what is missing above it, mode 0700, durably. Nothing
/// happens where it is a folder already. Fails with cannot_create.
Result<void> create_folder(const std::string& path);

}  // namespace mailtool::store
