/// \file
/// Flags of one letter or two, as sendmail and mail take them: the words of a
/// line sorted by a table of flags.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::cli {

enum class FlagValue : std::uint8_t {
  none,      ///< "-i"; others may stand in the same word: "-it"
  required,  ///< "-f bob" and "-fbob"
  glued,     ///< "-q" and "-q30m": the rest of the word, which may be empty
};

/// One row: what a flag is and what it does.
struct Flag {
  /// The letters behind the dash: "f", "bp", "oA". The longer name is tried
  /// first, so that "o" is all of -o that has no row.
  std::string_view name;
  FlagValue value = FlagValue::none;
  /// The option of `send` that it sets, to the value it has. Empty: see below.
  std::string_view option = {};
  /// Why it does nothing; said with -v. Empty, and no option either: the code
  /// of the program knows what to do with it.
  std::string_view ignored = {};
};

struct FlagWords {
  struct Given {
    const Flag* flag;
    std::string value;
  };
  std::vector<Given> flags;             ///< in order
  std::vector<std::string> arguments;   ///< in order, flags among them or not
  std::vector<std::string> behind;      ///< what follows "--"
  std::vector<std::string> long_words;  ///< "--name" and "--name=value"
};

/// Sorts `words`. Fails with usage on an unknown flag, a flag without its
/// value, and on CR, LF or NUL in any word.
Result<FlagWords> read_flags(std::span<const std::string> words,
                             std::span<const Flag> table);

}  // namespace mailtool::cli
