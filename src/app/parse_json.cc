#include "app/parse_json.h"

#include <optional>

#include "app/body_choice.h"
#include "app/defect_list.h"
#include "app/header_json.h"
#include "app/report_json.h"

namespace mailtool::app {
namespace {

std::optional<std::string_view> known(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void digest_field(std::string_view name,
                  const std::optional<Sha256::Digest>& digest,
                  JsonWriter& json) {
  if (digest) json.field(name, hex(*digest));
}

// What is chosen for people and for saving, by row.
struct Uses {
  explicit Uses(const std::vector<PartRow>& rows)
      : attachments(attachment_rows(rows)),
        is_attachment(rows.size()),
        is_readable(rows.size()) {
    for (const auto i : attachments) is_attachment[i] = true;
    const auto body = choose_body(rows);
    for (const auto i : body.text) is_readable[i] = true;
    for (const auto i : body.html) is_readable[i] = true;
  }
  std::vector<std::size_t> attachments;
  std::vector<bool> is_attachment;
  std::vector<bool> is_readable;
};

void write_place(const ParsedMessage& message, const PartRow& row,
                 JsonWriter& json) {
  if (!row.span) {
    json.null_field("header_offset").null_field("offset").null_field("size");
    return;
  }
  const auto& part = message.structure_of(row.level).parts[row.part];
  json.field("header_offset", part.header.offset);
  json.field("offset", row.span->offset).field("size", row.span->length);
}

void write_part(const ParsedMessage& message, const std::vector<PartRow>& rows,
                std::size_t index, const Uses& uses, const ReportWalk& reports,
                JsonWriter& json) {
  const auto& row = rows[index];
  json.begin_object().field("id", row.id);
  json.field("parent", row.parent ? std::optional(rows[*row.parent].id)
                                  : std::nullopt);
  json.field("type", row.type);
  json.field("charset", known(row.charset));
  json.field("encoding", known(row.encoding));
  json.field("disposition", known(row.disposition));
  json.field("name", known(row.name));
  json.field("content_id", known(row.content_id));
  json.field("embedded", known(row.embedded));
  json.field("attachment", static_cast<bool>(uses.is_attachment[index]));
  json.field("readable", static_cast<bool>(uses.is_readable[index]));
  write_place(message, row, json);
  if (row.decoded_octets) json.field("decoded_size", *row.decoded_octets);
  digest_field("sha256", row.decoded, json);
  digest_field("sha256_raw", row.raw, json);
  if (row.level == 0 && !row.file) {
    if (const auto* const report = reports.find(row.part)) {
      json.key("report");
      write_report_json(*report, json);
    }
  }
  json.end_object();
}

void write_defect(const ParsedMessage& message, const std::vector<PartRow>& rows,
                  const RowDefect& found, JsonWriter& json) {
  const auto& about = mime::info(found.defect->rule);
  json.begin_object().field("rule", about.name);
  json.field("severity", mime::to_string(about.severity));
  json.field("ambiguity", found.defect->ambiguity == mime::Ambiguity::none
                              ? std::nullopt
                              : known(mime::to_string(found.defect->ambiguity)));
  json.field("part", rows[found.row].id);
  const auto where = found.span(message);
  if (found.level == 0) {
    json.field("offset", where.offset).field("length", where.length);
  } else {
    json.null_field("offset").null_field("length");
  }
  json.field("rfc", known(about.rfc)).field("meaning", about.meaning);
  json.end_object();
}

void write_defects(const ParsedMessage& message,
                   const std::vector<PartRow>& rows, JsonWriter& json) {
  const auto defects = defects_of(message, rows);
  json.key("defects").begin_array();
  for (const auto& found : defects.all) write_defect(message, rows, found, json);
  json.end_array();
  json.key("defect_counts").begin_array();
  for (std::size_t i = 0; i < mime::kDefectRules; ++i) {
    if (defects.counts[i] == defects.kept[i]) continue;
    const auto rule = static_cast<mime::DefectRule>(i);
    json.begin_object().field("rule", mime::info(rule).name);
    json.field("count", defects.counts[i]).end_object();
  }
  json.end_array();
}

}  // namespace

void write_json(const ParsedMessage& message, const std::vector<PartRow>& rows,
                const ReportWalk& reports, JsonWriter& json) {
  json.field("type", "message").field("source", message.place.source);
  json.field("index", message.place.index);
  json.field("offset", message.place.offset);
  json.field("size", message.structure.octets);
  json.field("flavour", known(message.place.flavour));
  write_header_json(message.structure, json);
  const Uses uses(rows);
  json.key("parts").begin_array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    write_part(message, rows, i, uses, reports, json);
  }
  json.end_array();
  json.key("attachments").begin_array();
  for (const auto i : uses.attachments) json.value(rows[i].id);
  json.end_array();
  write_defects(message, rows, json);
}

}  // namespace mailtool::app
