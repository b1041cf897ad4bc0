/// \file
/// Completion: what the three shells ask for through "mailtool __complete".
#pragma once

#include <span>
#include <string>

#include "app/config.h"

namespace mailtool::cli {

/// The candidates for the last of `words` (which may be empty), the words
/// after the program's name: a line "candidate\tdescription" each, and a last
/// line ":file", ":dir" or ":none" that says what else fits. Never fails:
/// what cannot be completed has no candidates. Accounts come from the config
/// file; no server is asked.
[[nodiscard]] std::string complete(std::span<const std::string> words,
                                   const app::Environment& environment);

}  // namespace mailtool::cli
