/// \file
/// JournalLoader: from the lines of a journal to its records.
#pragma once

#include <cstdint>
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

  /// Sorted by key, then by size; without those that nothing is left of. The
  /// object is spent.
  [[nodiscard]] std::vector<JournalRecord> records();

  /// As few lines as make such a record; how many that are.
  static void append_lines(std::string_view uid, const JournalRecord& record,
                           std::string& to);
  [[nodiscard]] static std::uint64_t lines_of(const JournalRecord& record);

 private:
  struct Entry {
    JournalKey key;
    std::uint32_t order;
    std::uint64_t size;
    std::uint64_t digest;
    std::uint32_t time;
    char mark;
  };

  static void apply(const Entry& entry, JournalRecord& record);

  std::vector<Entry> entries_;
};

}  // namespace mailtool::store
