#include "app/parse_tree.h"

#include "app/defect_list.h"
#include "app/tree_defects.h"
#include "app/tree_header.h"
#include "app/tree_lines.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {

std::size_t TreeStyle::width_of(std::string_view text) const {
  if (is_ascii(text)) return text.size();
  if (width) return width(text);
  std::size_t count = 0;
  while (!text.empty()) {
    ++count;
    text.remove_prefix(next_code_point(text).octets);
  }
  return count;
}

std::string TreeStyle::paint(std::string_view text,
                             std::string_view code) const {
  if (!color || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string TreeStyle::cut(std::string_view text, std::size_t most) const {
  if (width_of(text) <= most) return std::string(text);
  const std::string_view ellipsis = ascii ? "..." : "…";
  const auto room = most - std::min(most, width_of(ellipsis));
  std::size_t used = 0;
  std::size_t kept = 0;
  while (kept < text.size()) {
    const auto octets = next_code_point(text.substr(kept)).octets;
    used += width_of(text.substr(kept, octets));
    if (used > room) break;
    kept += octets;
  }
  return std::string(text.substr(0, kept)).append(ellipsis);
}

std::string size_text(std::uint64_t octets) {
  if (octets < 1024) return std::to_string(octets) + " B";
  constexpr std::string_view kUnits[] = {"KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  auto scaled = octets;
  while (scaled >= 1024 * 1024 && unit + 1 < std::size(kUnits)) {
    scaled /= 1024;
    ++unit;
  }
  const auto tenths = (scaled * 10 + 512) / 1024;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " +
         std::string(kUnits[unit]);
}

Result<void> write_tree(const ParsedMessage& message,
                        const std::vector<PartRow>& rows,
                        const TreeStyle& style, Sink& out) {
  const auto defects = defects_of(message, rows);
  if (auto done = write_tree_header(message.structure, style, out); !done) {
    return done;
  }
  if (auto done = write_tree_lines(message, rows, defects, style, out); !done) {
    return done;
  }
  return write_tree_defects(message, rows, defects, style, out);
}

}  // namespace mailtool::app
