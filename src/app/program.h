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

/// How a program ended, and what it wrote.
struct ProgramEnd {
  Secret output;
  std::string errors;  ///< what it wrote to stderr, if that is kept
  int status = -1;     ///< of its exit; -1 when a signal ended it
  int signal = 0;
};

/// Runs `words` (found in PATH), stdin from /dev/null, to its end. `budget` is
/// for all of it; a program that is late is ended. Its stderr is ours unless
/// `keep_errors`. Fails with no_input (no such program), no_auth (more
/// than 64 KiB of output), timed_out, interrupted, system.
Result<ProgramEnd> run_program(const std::vector<std::string>& words,
                               std::chrono::milliseconds budget,
                               bool keep_errors);

/// As run_program, and returns what it wrote to stdout. Fails with no_auth too
/// when it ended with another status than 0.
Result<Secret> run_for_secret(const std::vector<std::string>& words,
                              std::chrono::milliseconds budget);

}  // namespace mailtool::app
