/// \file
/// LineWords: the words of a command line, made plain for the option parser.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/option_table.h"
#include "mailtool/base/result.h"

namespace mailtool::cli {

struct LineWords {
  /// Options and arguments in order; "--name=value" became two words. A word
  /// that looks like an option but is none is left as it is.
  std::vector<std::string> words;
  /// Words that begin with + or - and are arguments: "flag +seen -flagged".
  std::vector<std::string> signed_words;
  /// Where the word stood that ended the pass; the size of the input when none.
  std::size_t stopped_at = 0;
};

/// What to look for in one pass over the words.
struct LineGrammar {
  std::span<const app::Option* const> options;
  const app::Command* command = nullptr;  ///< nullptr: stop at an argument
};

/// Knows which words are values of options, and leaves those alone. Fails with
/// usage on an option without its value and a flag with one.
Result<LineWords> make_plain(std::span<const std::string> line,
                             const LineGrammar& grammar);

/// The arguments of the line, its URL left out, as far as it is legal.
[[nodiscard]] std::vector<std::string> arguments_of(
    std::span<const std::string> line, const LineGrammar& grammar);

}  // namespace mailtool::cli
