/// \file
/// JournalLoader: from the lines of a journal to its records.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/store/journal_record.h"
#include "store/journal_line.h"

namespace mailtool::store {

class JournalLoader {
 public:
  /// Makes room for so many lines.
  void reserve(std::size_t lines) { entries_.reserve(lines); }
  void take(const JournalLine& line);

  /// Without those that nothing is left of. The object is spent.
  [[nodiscard]] JournalRecords records();

  /// As few lines as make such a record; how many that are.
  static void append_lines(std::string_view uid, const JournalRecord& record,
                           std::string& to);
  [[nodiscard]] static std::uint64_t lines_of(const JournalRecord& record);

 private:
  struct Entry {
    JournalKey key;
    std::uint64_t size = 0;
    std::uint64_t digest = 0;
    std::uint32_t time = 0;
    char mark = 0;
  };

  static void apply(const Entry& entry, JournalRecord& record);
  void fold(std::span<std::uint32_t> order,
            std::vector<JournalRecord>& records) const;

  std::vector<Entry> entries_;
};

}  // namespace mailtool::store
