/// \file
/// Completion of what begins with a word and a colon: "maildir:PATH",
/// "file:PATH", "env:NAME".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "app/option_table.h"

namespace mailtool::cli {

struct Candidate {
  std::string text;
  std::string_view meaning;
};

/// The destinations or secret sources that begin with `current`; behind
/// "maildir:", "mbox:", "dir:" and "file:" what there is on disk, at most 1000,
/// folders with a slash at the end. Empty for another `kind`.
[[nodiscard]] std::vector<Candidate> complete_kind(
    app::ValueKind kind, std::string_view current,
    const app::Environment& environment);

}  // namespace mailtool::cli
