#include "app/imap_list_rows.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/printable.h"

namespace mailtool::app {

RowWriter::RowWriter(const Invocation& invocation, Output& out,
                     std::vector<ListField> fields)
    : invocation_(invocation), out_(out), fields_(std::move(fields)) {
  if (!invocation.stdout_is_terminal) return;
  style_.width = invocation.display_width;
  widths_ = column_widths(
      fields_, static_cast<std::size_t>(invocation.terminal_columns));
}

Result<void> RowWriter::write(const ListRow& row) {
  if (invocation_.json()) return write_list_json(out_, row, fields_);
  std::string line;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    auto text = printable(field_text(fields_[i], row), 8192);
    if (i > 0) line += widths_.empty() ? "\t" : "  ";
    line += widths_.empty() ? text : fitted(text, i);
  }
  while (!widths_.empty() && line.ends_with(' ')) line.pop_back();
  return out_.write(line + "\n");
}

std::string RowWriter::fitted(const std::string& text,
                              std::size_t column) const {
  if (is_number(fields_[column])) {
    const auto blanks =
        widths_[column] - std::min(widths_[column], text.size());
    return std::string(blanks, ' ') + text;
  }
  auto cut = style_.cut(text, widths_[column]);
  const auto width = style_.width_of(cut);
  return cut +
         std::string(widths_[column] - std::min(widths_[column], width), ' ');
}

}  // namespace mailtool::app
