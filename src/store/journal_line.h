/// \file
/// The lines of a journal file, read and written.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// One line; marks as in journal.h.
struct JournalLine {
  char mark = 0;
  std::string_view uid;
  std::uint64_t size = 0;    ///< or Journal::kUnknownSize
  std::int64_t time = 0;     ///< seconds since 1970
  std::uint64_t digest = 0;  ///< 0: none
};

/// Takes a line without LF. nullopt: it is none.
[[nodiscard]] std::optional<JournalLine> parse_journal_line(
    std::string_view line);

/// The inverse, with LF, appended to `to`.
void append_journal_line(const JournalLine& line, std::string& to);

/// The first line of the journal of `owner`, up to the destination; each is
/// one printable word, whatever the text.
[[nodiscard]] std::string journal_title(std::string_view owner);
[[nodiscard]] std::string journal_word(std::string_view text);

/// Calls `take` for each whole line of the file, without LF. Returns the octets
/// up to the end of the last whole line. Fails as `take`, or with local_io.
Result<std::int64_t> for_each_journal_line(
    int descriptor, const std::string& path,
    const std::function<Result<void>(std::string_view)>& take);

}  // namespace mailtool::store
