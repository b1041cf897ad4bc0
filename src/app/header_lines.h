/// \file
/// The header of a message as lines: --headers and --header.
#pragma once

#include <string>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/mime/structure.h"

namespace mailtool::app {

/// Writes header after header through one buffer; a field asks for no memory
/// of its own.
class HeaderLines {
 public:
  /// The chosen fields, case aside; all where there is none. `names` and `out`
  /// outlive it.
  HeaderLines(const std::vector<std::string>& names, Sink& out)
      : names_(names), out_(out) {}

  /// Each field of the message itself as "Name: value" on one line, unfolded
  /// and decoded; `before` (at most one line) first. For a terminal all is
  /// printable; else a value is UTF-8 without CR, LF and NUL.
  Result<void> write(const mime::Structure& structure, std::string_view before,
                     bool to_terminal);

 private:
  [[nodiscard]] bool is_chosen(const mime::Structure& structure,
                               const mime::Field& field) const;
  void append_value(std::string_view raw, bool to_terminal);

  const std::vector<std::string>& names_;
  Sink& out_;
  std::string lines_;
  std::string value_;  // scratch
};

}  // namespace mailtool::app
