/// \file
/// RowWriter: what imap list prints, a row a message.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/imap_list_fields.h"
#include "app/invocation.h"
#include "app/output.h"
#include "app/parse_tree.h"

namespace mailtool::app {

/// JSON, columns on a terminal, else fields between tabs.
class RowWriter {
 public:
  /// `invocation` and `out` outlive it.
  RowWriter(const Invocation& invocation, Output& out,
            std::vector<ListField> fields);
  /// Fails as `out` does.
  Result<void> write(const ListRow& row);

 private:
  [[nodiscard]] std::string fitted(const std::string& text,
                                   std::size_t column) const;

  const Invocation& invocation_;
  Output& out_;
  std::vector<ListField> fields_;
  TreeStyle style_;
  std::vector<std::size_t> widths_;
};

}  // namespace mailtool::app
