/// \file
/// Completion of a verb's arguments: folders, terms of a query, flags, by the
/// words of its synopsis.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "app/option_table.h"
#include "cli/complete_path.h"

namespace mailtool::cli {

/// What fits an argument beside the candidates.
struct ArgumentCandidates {
  std::vector<Candidate> candidates;  ///< that begin with what was typed
  bool files = false;                 ///< names of files fit too
};

/// The argument of `verb` that comes behind `before` others. A word of the
/// synopsis says what it is ("FOLDER [FILE…]"); one with "…" is every one from
/// there on.
[[nodiscard]] ArgumentCandidates complete_argument(
    const app::Verb& verb, std::size_t before, std::string_view current,
    const app::Environment& environment);

/// The value of an option that names a folder on the server; of "--to
/// maildir:DIR" in the synopsis of `verb` a Maildir here. `verb` may be null.
[[nodiscard]] std::vector<Candidate> complete_mailbox(
    const app::Option& option, const app::Verb* verb, std::string_view current,
    const app::Environment& environment);

/// Of an option whose value ends in ",…", the next item, as "uid,da" to "uid,date"; those that
/// are there already are left out. `choices` as Option::choices.
[[nodiscard]] std::vector<Candidate> complete_list(std::string_view choices,
                                                   std::string_view current);

}  // namespace mailtool::cli
