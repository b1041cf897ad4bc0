/// \file
/// RowWriter: what imap list prints, a row a message.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/imap_list_fields.h"
#include "app/invocation.h"
#include "app/parse_tree.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// JSON, columns on a terminal, none wider than that, else fields between tabs.
class RowWriter {
 public:
  /// `invocation` and `out` outlive it.
  RowWriter(const Invocation& invocation, Sink& out,
            std::vector<ListField> fields);
  /// Fails as `out` does.
  Result<void> write(const ListRow& row);

 private:
  [[nodiscard]] std::string columns_of(const ListRow& row) const;
  [[nodiscard]] std::string fitted(const std::string& text,
                                   std::size_t width) const;

  const Invocation& invocation_;
  Sink& out_;
  std::vector<ListField> fields_;
  TreeStyle style_;
  std::size_t columns_ = 0;
  std::vector<std::size_t> widths_;  // on a terminal; 0: no room for it
};

}  // namespace mailtool::app
