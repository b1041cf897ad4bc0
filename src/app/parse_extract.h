/// \file
/// Attachments into a folder, under names that are safe.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "app/extract_folder.h"
#include "app/json.h"
#include "app/part_row.h"

namespace mailtool::app {

/// Told of each file: a line for people or a JSON object.
class ExtractReport {
 public:
  /// `json` is null for lines to `out`. Both outlive the report.
  ExtractReport(Sink& out, JsonWriter* json) : out_(out), json_(json) {}

  struct Saved {
    std::string_view name;  ///< in the folder
    std::optional<std::uint64_t> octets;
    std::optional<Sha256::Digest> digest;
  };
  Result<void> tell(const ParsedMessage& message, const PartRow& row,
                    const ExtractFolder& folder, const Saved& saved);
  /// Digests are reported.
  [[nodiscard]] bool wants_digests() const { return json_ != nullptr; }

 private:
  Sink& out_;
  JsonWriter* json_;
};

/// Writes the content of rows[i] for each i of `which`, decoded, to a new file,
/// and tells of it. What stands in one encoded part, and files within one text
/// or TNEF, are read in one pass. A file that cannot be written whole is
/// removed, and is the last one. Fails with cannot_create or local_io.
/// `message.input` may be null in a dry run.
Result<void> extract_rows(const ParsedMessage& message,
                          const std::vector<PartRow>& rows,
                          const std::vector<std::size_t>& which,
                          ExtractFolder& folder, ExtractReport& report);

}  // namespace mailtool::app
