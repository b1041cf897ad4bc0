#include "app/parse_tree.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

// Longest value shown; all of it is in --headers and --json.
constexpr std::size_t kShownValue = 300;
constexpr std::size_t kMaxLabel = 60;

constexpr std::string_view kShown[] = {"From", "Sender", "Reply-To", "To",
                                       "Cc",   "Bcc",    "Date",     "Subject",
                                       "Message-ID"};

bool is_address_field(std::string_view name) {
  return name != "Date" && name != "Subject" && name != "Message-ID";
}

std::string shown_value(std::string_view name, std::string_view raw) {
  if (!is_address_field(name)) return mime::decode_value(raw);
  std::string text;
  for (const auto& mailbox : mime::parse_address_list(raw).mailboxes) {
    if (!text.empty()) text += ", ";
    text += mime::to_display(mailbox);
    if (text.size() > kShownValue) break;
  }
  return text;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    ++count;
    text.remove_prefix(next_code_point(text).octets);
  }
  return count;
}

struct Row {
  std::string branch;  // "│  ├─ 2.1 text/plain; utf-8, base64"
  std::string size;
  std::string name;
};

// Whether each ancestor of a part has further children decides the lines that
// run past it: one pass from the last part to the first knows.
std::vector<bool> last_children(const std::vector<mime::Part>& parts) {
  std::vector<bool> last(parts.size(), false);
  std::vector<bool> has_later(parts.size() + 1, false);
  for (std::size_t i = parts.size(); i-- > 0;) {
    const auto parent = parts[i].parent;
    if (parent == mime::kNoPart) {
      last[i] = true;
      continue;
    }
    last[i] = !has_later[parent];
    has_later[parent] = true;
  }
  return last;
}

std::string label(const mime::Structure& structure, std::uint32_t index) {
  const auto& part = structure.parts[index];
  std::string text = structure.id(index) + " ";
  text += structure.type(part);
  const auto charset = structure.charset(part);
  if (!charset.empty()) text.append("; ").append(charset);
  const auto encoding = structure.encoding(part);
  if (part.is_leaf() && encoding != "7bit" && !encoding.empty()) {
    text.append(", ").append(encoding);
  }
  if (structure.disposition(part) == "attachment") text += ", attachment";
  return printable(text, 200);
}

std::vector<Row> rows_of(const mime::Structure& structure, bool ascii) {
  const auto& parts = structure.parts;
  const auto last = last_children(parts);
  std::vector<std::string> prefixes(parts.size());  // for the children
  std::vector<Row> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    std::string branch;
    if (part.parent != mime::kNoPart) {
      const auto& before = prefixes[part.parent];
      branch = before + (ascii ? (last[i] ? "`- " : "|- ")
                               : (last[i] ? "└─ " : "├─ "));
      // Deep nesting is drawn only so far: the depth is in the part's number.
      prefixes[i] = before.size() > 200
                        ? before
                        : before + (last[i] ? "   " : (ascii ? "|  " : "│  "));
    }
    const auto name = structure.file_name(part);
    rows.push_back({branch + label(structure, static_cast<std::uint32_t>(i)), size_text(part.body.length),
                    name.empty() ? ""
                                      : "\"" + printable(name, 200) + "\""});
  }
  return rows;
}

Result<void> write_header(const mime::Structure& structure, Sink& out) {
  const auto& top = structure.parts[0];
  std::string text;
  for (const auto name : kShown) {
    for (std::size_t i = 0; i < top.field_count; ++i) {
      const auto& field = structure.fields[top.first_field + i];
      if (!iequals(structure.name(field), name)) continue;
      text += name;
      text += ": " +
              printable(shown_value(name, structure.value(field)), kShownValue) +
              "\n";
    }
  }
  if (!text.empty()) text += "\n";
  return out.write(text);
}

Result<void> write_parts(const mime::Structure& structure, bool ascii,
                         Sink& out) {
  const auto rows = rows_of(structure, ascii);
  std::size_t width = 0;
  std::size_t size_width = 0;
  for (const auto& row : rows) {
    width = std::max(width, std::min(columns(row.branch), kMaxLabel));
    size_width = std::max(size_width, row.size.size());
  }
  for (const auto& row : rows) {
    const auto used = columns(row.branch);
    std::string line = row.branch;
    line.append(used < width ? width - used : 0, ' ');
    line.append(2 + size_width - row.size.size(), ' ');
    line += row.size;
    if (!row.name.empty()) line += "  " + row.name;
    if (auto written = out.write(line + "\n"); !written) return written;
  }
  return {};
}

Result<void> write_defects(const mime::Structure& structure, Sink& out) {
  if (structure.defects.empty()) return {};
  std::string text = "\nDefects:\n";
  for (const auto& defect : structure.defects) {
    const auto& about = mime::info(defect.rule);
    text += "  ";
    text += mime::to_string(about.severity);
    text += ": ";
    text += about.name;
    text += ", part " + structure.id(defect.part) + ", octet " +
            std::to_string(defect.offset);
    if (!about.rfc.empty()) text += " (" + std::string(about.rfc) + ")";
    text += "\n";
  }
  return out.write(text);
}

}  // namespace

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

Result<void> write_tree(const ParsedMessage& message, bool ascii, Sink& out) {
  if (auto done = write_header(message.structure, out); !done) return done;
  if (auto done = write_parts(message.structure, ascii, out); !done) return done;
  return write_defects(message.structure, out);
}

}  // namespace mailtool::app
