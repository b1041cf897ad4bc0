#include "app/header_lines.h"

#include <algorithm>

#include "app/plain_scan.h"
#include "app/terminal_sink.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;

// What would end the line, or hide the rest of it from some reader.
void replace_breaks(std::string& text, std::size_t from) {
  if (!has_line_break_or_nul(std::string_view(text).substr(from))) return;
  for (auto i = from; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n' || text[i] == '\0') text[i] = ' ';
  }
}

std::string_view without_blank_ends(std::string_view value) {
  const auto is_white = [](char c) {
    return is_blank(c) || c == '\r' || c == '\n';
  };
  while (!value.empty() && is_white(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_white(value.back())) value.remove_suffix(1);
  return value;
}

// Printable ASCII and TAB without encoded words stand for themselves, less the
// line breaks of folds. False where there is more to it: then `to` is as it was.
bool append_plain(std::string& to, std::string_view value) {
  const auto begin = to.size();
  value = without_blank_ends(value);
  while (true) {
    const auto plain = header_plain_prefix(value);
    to += value.substr(0, plain);
    if (plain == value.size()) return true;
    const char c = value[plain];
    const bool may_be_word =
        c == '?' && to.size() > begin && to.ends_with('=');
    if (c == '\t' || (c == '?' && !may_be_word)) {
      to += c;
    } else if (c != '\r' && c != '\n') {
      to.resize(begin);
      return false;
    }
    value.remove_prefix(plain + 1);
  }
}

}  // namespace

bool HeaderLines::is_chosen(const mime::Structure& structure,
                            const mime::Field& field) const {
  if (names_.empty()) return true;
  const auto name = structure.name(field);
  return std::any_of(names_.begin(), names_.end(), [&](const auto& wanted) {
    return iequals(wanted, name);
  });
}

void HeaderLines::append_value(std::string_view raw, bool to_terminal) {
  if (!to_terminal) {
    if (append_plain(lines_, raw)) return;
    const auto from = lines_.size();
    mime::decode_value(raw, lines_);
    replace_breaks(lines_, from);
    return;
  }
  value_.clear();
  mime::decode_value(raw, value_);
  append_printable(lines_, value_);
}

Result<void> HeaderLines::write(const mime::Structure& structure,
                                std::string_view before, bool to_terminal) {
  const auto& top = structure.parts[0];
  lines_.assign(before);
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    if (!is_chosen(structure, field)) continue;
    append_printable(lines_, structure.name(field));
    lines_ += ": ";
    append_value(structure.value(field), to_terminal);
    lines_ += '\n';
    if (lines_.size() < kBufferOctets) continue;
    if (auto written = out_.write(lines_); !written) return written;
    lines_.clear();
  }
  return out_.write(lines_);
}

}  // namespace mailtool::app
