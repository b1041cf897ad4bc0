/// \file
/// FolderRow: a line about a folder, for people or for a pipe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mailtool::app {

/// Longest name shown, in octets.
inline constexpr std::size_t kShownFolderName = 8 * 1024;

/// One field after the other: blanks to align on a terminal, tabs in a pipe.
class FolderRow {
 public:
  explicit FolderRow(bool aligned) : aligned_(aligned) {}
  FolderRow& add(const std::string& text, std::size_t width) {
    if (!line_.empty()) line_ += aligned_ ? "  " : "\t";
    if (aligned_ && text.size() < width) {
      line_ += std::string(width - text.size(), ' ');
    }
    line_ += text;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(line_) + "\n"; }

 private:
  bool aligned_;
  std::string line_;
};

/// "-" for what the server did not tell.
inline std::string count_text(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "-";
}

}  // namespace mailtool::app
