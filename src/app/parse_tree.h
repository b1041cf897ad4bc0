/// \file
/// The tree of a message for people: header, parts, defects.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "app/part_row.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// How a tree is drawn.
struct TreeStyle {
  bool ascii = false;       ///< branches without UTF-8
  bool color = false;       ///< escape sequences of a terminal
  std::size_t columns = 0;  ///< names are cut to fit; 0: they are not
  /// Columns that a text takes; null: as many as it has code points.
  std::function<std::size_t(std::string_view)> width;

  [[nodiscard]] std::size_t width_of(std::string_view text) const;
  /// `text` in the color of `code` ("1" is bold, "31" red), if there are any.
  [[nodiscard]] std::string paint(std::string_view text,
                                  std::string_view code) const;
  /// `text`, or its beginning and an ellipsis, in at most `columns`.
  [[nodiscard]] std::string cut(std::string_view text, std::size_t columns) const;
};

/// The header fields that people look for, the parts with the rules that they
/// break, then each defect and what readers differ about. Always safe for a
/// terminal.
Result<void> write_tree(const ParsedMessage& message,
                        const std::vector<PartRow>& rows,
                        const TreeStyle& style, Sink& out);

/// "612 B", "5.2 KB", "1.4 GB" (powers of 1024).
[[nodiscard]] std::string size_text(std::uint64_t octets);

}  // namespace mailtool::app
