/// \file
/// FetchCounts: what a run of fetch came to, in numbers and in words.
#pragma once

#include <cstdint>
#include <string>

#include "app/exit_status.h"
#include "app/json.h"

namespace mailtool::app {

/// Messages, and the octets of those fetched. The second half counts what
/// --list and --dry-run foretell.
struct FetchCounts {
  std::uint64_t fetched = 0;
  std::uint64_t deleted = 0;
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t octets = 0;
  std::uint64_t adopted = 0;
  std::uint64_t imported = 0;  ///< with --dry-run: that would be
  std::uint64_t rebased = 0;   ///< the same

  std::uint64_t to_fetch = 0;
  std::uint64_t to_delete = 0;
  std::uint64_t to_skip = 0;
  std::uint64_t to_keep = 0;
  std::uint64_t to_fetch_octets = 0;  ///< as LIST says

  FetchCounts& operator+=(const FetchCounts& other);
  /// True when there is something to tell.
  [[nodiscard]] bool any() const;
  /// "12 fetched (3.4 MB), 12 deleted, 1 skipped, 0 failed in 2.3 s"
  [[nodiscard]] std::string done_text(double seconds) const;
  /// "would fetch 12 (3.4 MB), delete 3, skip 1, keep 40"
  [[nodiscard]] std::string foretold_text() const;
  /// The fields of a summary object; with what is foretold where nothing was
  /// to be done, and with what was adopted, imported and rebased where any was.
  void write_fields(JsonWriter& json, bool foretold) const;
};

}  // namespace mailtool::app
