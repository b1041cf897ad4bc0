#include "app/imap_list_rows.h"

#include <algorithm>
#include <utility>

#include "app/imap_list_columns.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Of one field.
constexpr std::size_t kShownOctets = 8192;

}  // namespace

RowWriter::RowWriter(const Invocation& invocation, Sink& out,
                     std::vector<ListField> fields)
    : invocation_(invocation), out_(out), fields_(std::move(fields)) {
  if (!invocation.stdout_is_terminal) return;
  style_.width = invocation.display_width;
  columns_ = static_cast<std::size_t>(std::max(invocation.terminal_columns, 1));
  widths_ = column_widths(fields_, columns_);
}

Result<void> RowWriter::write(const ListRow& row) {
  if (invocation_.json()) return write_list_json(out_, row, fields_);
  if (!widths_.empty()) return out_.write(columns_of(row) + "\n");
  std::string line;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (i > 0) line += '\t';
    line += printable(field_text(fields_[i], row), kShownOctets);
  }
  return out_.write(line + "\n");
}

// A number is never cut: what it takes beyond its column, the next text lacks.
std::string RowWriter::columns_of(const ListRow& row) const {
  std::string line;
  std::size_t over = 0;
  bool first = true;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    auto width = widths_[i];
    if (width == 0) continue;
    if (!std::exchange(first, false)) line += "  ";
    const auto text =
        printable(field_text(fields_[i], row, width), kShownOctets);
    if (is_number(fields_[i])) {
      over += text.size() - std::min(text.size(), width);
      line += std::string(width - std::min(width, text.size()), ' ') + text;
      continue;
    }
    const auto less = std::min(over, width - 1);
    over -= less;
    line += fitted(text, width - less);
  }
  while (line.ends_with(' ')) line.pop_back();
  return style_.cut(line, columns_);
}

std::string RowWriter::fitted(const std::string& text,
                              std::size_t width) const {
  auto cut = style_.cut(text, width);
  return cut + std::string(width - std::min(width, style_.width_of(cut)), ' ');
}

}  // namespace mailtool::app
