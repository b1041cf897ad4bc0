#include "app/parse_text.h"

#include "app/body_choice.h"
#include "app/line_ended.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/format_flowed.h"
#include "mailtool/mime/html_to_text.h"
#include "mailtool/mime/media_type.h"

namespace mailtool::app {
namespace {

struct Flow {
  bool flowed = false;
  bool delete_space = false;
};

// format and delsp (RFC 3676 section 4) are no part of what a Part keeps.
Flow flow_of(const ParsedMessage& message, const PartRow& row) {
  if (row.file || row.type != "text/plain") return {};
  const auto& structure = message.structure_of(row.level);
  const auto raw = structure.value_of(structure.parts[row.part],
                                      mime::FieldId::content_type);
  if (!raw) return {};
  const auto type = mime::parse_media_type(*raw);
  const auto is = [&](std::string_view name, std::string_view wanted) {
    const auto* const value = type.parameters.find(name);
    return value != nullptr && iequals(*value, wanted);
  };
  return {is("format", "flowed"), is("delsp", "yes")};
}

Result<void> write_through(const ParsedMessage& message, const PartRow& row,
                           mime::Filter& filter) {
  auto done = copy_text(message, row, filter);
  return done ? filter.finish() : done;
}

Result<void> write_readable(const ParsedMessage& message, const PartRow& row,
                            Sink& out) {
  LineEnded ended(out);
  Result<void> done;
  if (row.type == "text/html") {
    mime::HtmlToText html(ended);
    done = write_through(message, row, html);
  } else if (const auto flow = flow_of(message, row); flow.flowed) {
    mime::FlowedReader flowed(ended, flow.delete_space);
    done = write_through(message, row, flowed);
  } else {
    done = copy_text(message, row, ended);
  }
  return done ? ended.finish() : done;
}

}  // namespace

Result<void> write_text(const ParsedMessage& message,
                        const std::vector<PartRow>& rows, Sink& out) {
  bool first = true;
  for (const auto index : choose_body(rows).text) {
    if (!first) {
      if (auto parted = out.write("\n"); !parted) return parted;
    }
    first = false;
    auto done = write_readable(message, rows[index], out);
    if (!done) return done;
  }
  return {};
}

Result<void> write_html(const ParsedMessage& message,
                        const std::vector<PartRow>& rows, Sink& out) {
  for (const auto index : choose_body(rows).html) {
    if (rows[index].type != "text/html") continue;
    if (auto done = copy_text(message, rows[index], out); !done) return done;
  }
  return {};
}

}  // namespace mailtool::app
