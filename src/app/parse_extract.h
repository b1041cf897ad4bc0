/// \file
/// Attachments into a folder, under names that are safe.
#pragma once

#include <string>

#include "app/parsed_message.h"

namespace mailtool::app {

/// A folder that files are put into and never out of.
class ExtractFolder {
 public:
  /// Created if absent. Fails with cannot_create.
  static Result<ExtractFolder> open(const std::string& path);
  ExtractFolder(ExtractFolder&& other) noexcept;
  ExtractFolder& operator=(ExtractFolder&&) = delete;
  ~ExtractFolder();

  /// Writes each attachment to a new file, decoded, and its path as a line to
  /// `out`. No existing file is touched: "menu.pdf" becomes "menu-2.pdf". A
  /// file that cannot be written whole is removed. Fails with cannot_create or
  /// local_io.
  Result<void> extract(const ParsedMessage& message, Sink& out);

 private:
  ExtractFolder(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  struct NewFile {
    int descriptor;
    std::string name;
  };
  Result<NewFile> create(const std::string& wanted);
  Result<std::string> save(const ParsedMessage& message, std::uint32_t index);

  int descriptor_;
  std::string path_;
};

/// --dry-run: a line for each file that extract() would write, by the name that
/// it would have in an empty folder.
Result<void> write_extract_plan(const ParsedMessage& message,
                                const std::string& folder, Sink& out);

}  // namespace mailtool::app
