/// \file
/// Programs of the user's that we run: always without a shell.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::app {

/// PROGRAM ARGS split as a shell splits quoted words: blanks separate; '…',
/// "…" and \ quote; nothing is expanded. At most 1000 words. Fails with usage
/// on an open quote and on no words at all.
Result<std::vector<std::string>> split_words(std::string_view text);

/// Runs `words` (found in PATH), stdin from /dev/null, and returns what it
/// writes to stdout, at most 64 KiB. Fails with cannot_create (no such
/// program), no_auth (it ended with another status than 0), timed_out, system.
Result<Secret> run_for_secret(const std::vector<std::string>& words,
                              std::chrono::milliseconds budget);

}  // namespace mailtool::app
