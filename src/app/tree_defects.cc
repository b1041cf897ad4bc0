#include "app/tree_defects.h"

#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

std::string_view color_of(mime::Severity severity) {
  switch (severity) {
    case mime::Severity::remark:
    case mime::Severity::note: return "2";
    case mime::Severity::warning: return "33";
    case mime::Severity::error: return "31";
  }
  return "31";
}

// "part 2.1, octets 33 to 40"; octets of another level are named as such.
std::string place_of(const ParsedMessage& message,
                     const std::vector<PartRow>& rows, const RowDefect& found) {
  const auto where = found.span(message);
  const auto last = where.end() - (where.length > 0 ? 1 : 0);
  std::string text = "part " + rows[found.row].id;
  text += last > where.offset ? ", octets " : ", octet ";
  text += std::to_string(where.offset);
  if (last > where.offset) text += " to " + std::to_string(last);
  if (found.level > 0) text += " of what is decoded";
  return text;
}

std::string group_text(const ParsedMessage& message,
                       const std::vector<PartRow>& rows,
                       const DefectList& defects, const DefectGroup& group,
                       const TreeStyle& style) {
  const auto& about = mime::info(group.rule);
  const auto severity = mime::to_string(about.severity);
  std::string text = "  " + style.paint(severity, color_of(about.severity));
  text.append(9 - severity.size(), ' ');
  text += style.paint(about.name, "1");
  if (group.ambiguity != mime::Ambiguity::none) {
    text += " [" + std::string(mime::to_string(group.ambiguity)) + "]";
  }
  text += ": " + std::string(about.meaning);
  if (!about.rfc.empty()) text += " (" + std::string(about.rfc) + ")";
  text += "\n";
  constexpr std::string_view kIndent = "           ";
  for (const auto index : group.places) {
    text.append(kIndent)
        .append(place_of(message, rows, defects.all[index]))
        .append("\n");
  }
  if (group.more > 0) {
    text.append(kIndent).append("and " + std::to_string(group.more) + " more\n");
  }
  return text;
}

}  // namespace

Result<void> write_tree_defects(const ParsedMessage& message,
                                const std::vector<PartRow>& rows,
                                const DefectList& defects,
                                const TreeStyle& style, Sink& out) {
  const auto groups = defects.groups();
  for (const bool ambiguous : {true, false}) {
    std::string text;
    for (const auto& group : groups) {
      if ((group.ambiguity != mime::Ambiguity::none) != ambiguous) continue;
      if (text.empty()) {
        text = "\n" + style.paint(ambiguous ? "Ambiguous:" : "Defects:", "1") + "\n";
      }
      text += group_text(message, rows, defects, group, style);
    }
    if (auto written = out.write(text); !written) return written;
  }
  return {};
}

}  // namespace mailtool::app
