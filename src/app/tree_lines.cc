#include "app/tree_lines.h"

#include <algorithm>

#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kWidestLabel = 60;  // that sizes are lined up behind
constexpr std::size_t kShownLabel = 200;
constexpr std::size_t kShownName = 200;
constexpr std::size_t kShownRules = 3;
constexpr std::size_t kNarrowestName = 12;
constexpr std::size_t kDeepestBranch = 200;

struct Line {
  std::string branch;  // "│  ├─ "
  std::string label;   // "2.1 text/plain; utf-8, base64"
  std::string size;
  std::string decoded;  // empty: as the size
  std::string name;
  std::string marks;  // rules
  std::optional<mime::Severity> worst;
};

// Whether each ancestor of a part has further children decides the lines that
// run past it: one pass from the last part to the first knows.
std::vector<bool> last_children(const std::vector<PartRow>& rows) {
  std::vector<bool> last(rows.size(), false);
  std::vector<bool> has_later(rows.size(), false);
  for (std::size_t i = rows.size(); i-- > 0;) {
    const auto parent = rows[i].parent;
    last[i] = !parent || !has_later[*parent];
    if (parent) has_later[*parent] = true;
  }
  return last;
}

std::vector<std::string> branches_of(const std::vector<PartRow>& rows,
                                     bool ascii) {
  const auto last = last_children(rows);
  std::vector<std::string> below(rows.size());  // stands before the children
  std::vector<std::string> branches(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].parent) continue;
    const auto& before = below[*rows[i].parent];
    branches[i] = before + (ascii ? (last[i] ? "`- " : "|- ")
                                  : (last[i] ? "└─ " : "├─ "));
    // Deep nesting is drawn only so far: the depth is in the part's number.
    below[i] = before.size() > kDeepestBranch
                   ? before
                   : before + (last[i] ? "   " : (ascii ? "|  " : "│  "));
  }
  return branches;
}

bool is_leaf(const ParsedMessage& message, const PartRow& row) {
  return row.file || message.structure_of(row.level).parts[row.part].is_leaf();
}

std::string label_of(const ParsedMessage& message, const PartRow& row) {
  std::string text = row.id + " " + row.type;
  if (!row.charset.empty()) text += "; " + row.charset;
  if (is_leaf(message, row) && !row.encoding.empty() && row.encoding != "7bit") {
    text += ", " + row.encoding;
  }
  if (!row.embedded.empty()) text.append(", ").append(row.embedded);
  if (row.disposition == "attachment" && row.embedded.empty()) {
    text += ", attachment";
  }
  return printable(text, kShownLabel);
}

void set_sizes(const ParsedMessage& message, const PartRow& row, Line& line) {
  const auto& part = message.structure_of(row.level).parts[row.part];
  const auto octets = row.file ? row.decoded_octets.value_or(0) : part.body.length;
  line.size = size_text(octets);
  if (!is_leaf(message, row) || !row.decoded_octets) return;
  line.decoded = size_text(*row.decoded_octets);
  if (line.decoded == line.size) line.decoded.clear();
}

// Rules that readers may differ about, or worse.
void set_marks(const std::vector<mime::DefectRule>& rules, Line& line) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& about = mime::info(rules[i]);
    line.worst = std::max(line.worst.value_or(about.severity), about.severity);
    if (i >= kShownRules) continue;
    line.marks.append(i == 0 ? "" : ", ").append(about.name);
  }
  if (rules.size() > kShownRules) {
    line.marks += ", and " + std::to_string(rules.size() - kShownRules) + " more";
  }
}

std::vector<std::vector<mime::DefectRule>> rules_of_rows(
    const DefectList& defects, std::size_t count) {
  std::vector<std::vector<mime::DefectRule>> rules(count);
  for (const auto& found : defects.all) {
    const auto rule = found.defect->rule;
    if (mime::info(rule).severity < mime::Severity::warning) continue;
    auto& of_row = rules[found.row];
    if (std::find(of_row.begin(), of_row.end(), rule) == of_row.end()) {
      of_row.push_back(rule);
    }
  }
  return rules;
}

struct Columns {
  std::size_t label = 0;
  std::size_t size = 0;
  std::size_t decoded = 0;
};

Columns columns_of(const std::vector<Line>& lines, const TreeStyle& style) {
  Columns widest;
  for (const auto& line : lines) {
    const auto label = style.width_of(line.branch) + style.width_of(line.label);
    widest.label = std::max(widest.label, std::min(label, kWidestLabel));
    widest.size = std::max(widest.size, line.size.size());
    widest.decoded = std::max(widest.decoded, line.decoded.size());
  }
  return widest;
}

std::string drawn(const Line& line, const Columns& columns,
                  const TreeStyle& style) {
  const auto label = style.width_of(line.branch) + style.width_of(line.label);
  auto used = std::max(label, columns.label) + 2 + columns.size;
  std::string text = style.paint(line.branch, "2") + line.label;
  text.append(used - label - line.size.size(), ' ');
  text += line.size;
  // Sizes behind the arrow stand below each other, and names behind them.
  const std::string_view arrow = style.ascii ? " -> " : " → ";
  const auto decoded_width = columns.decoded + style.width_of(arrow);
  const bool follows = !line.name.empty() || !line.marks.empty();
  if (!line.decoded.empty()) {
    text += style.paint(arrow, "2");
    text.append(columns.decoded - line.decoded.size(), ' ');
    text += line.decoded;
    used += decoded_width;
  } else if (columns.decoded > 0 && follows) {
    text.append(decoded_width, ' ');
    used += decoded_width;
  }
  if (!line.name.empty()) {
    const auto marks = line.marks.empty() ? 0 : line.marks.size() + 4;
    auto name = line.name;
    if (style.columns > 0) {
      const auto taken = std::min(style.columns, used + 4 + marks);
      name = style.cut(name, std::max(kNarrowestName, style.columns - taken));
    }
    text += "  " + style.paint("\"" + name + "\"", "36");
  }
  if (!line.marks.empty()) {
    const bool error = line.worst == mime::Severity::error;
    text += "  " + style.paint("! " + line.marks, error ? "31" : "33");
  }
  return text + "\n";
}

}  // namespace

Result<void> write_tree_lines(const ParsedMessage& message,
                              const std::vector<PartRow>& rows,
                              const DefectList& defects, const TreeStyle& style,
                              Sink& out) {
  auto branches = branches_of(rows, style.ascii);
  const auto rules = rules_of_rows(defects, rows.size());
  std::vector<Line> lines(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    lines[i].branch = std::move(branches[i]);
    lines[i].label = label_of(message, rows[i]);
    set_sizes(message, rows[i], lines[i]);
    lines[i].name = printable(rows[i].name, kShownName);
    set_marks(rules[i], lines[i]);
  }
  const auto columns = columns_of(lines, style);
  for (const auto& line : lines) {
    if (auto written = out.write(drawn(line, columns, style)); !written) {
      return written;
    }
  }
  return {};
}

}  // namespace mailtool::app
