#include "app/parse_json.h"

#include "mailtool/mime/address.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/message_id.h"

namespace mailtool::app {
namespace {

using mime::Part;
using mime::Structure;

void write_text_field(const Structure& structure, std::string_view key,
                      std::string_view name, JsonWriter& json) {
  const auto raw = structure.value_of(structure.parts[0], name);
  json.field(key, raw ? std::optional(mime::decode_value(*raw)) : std::nullopt);
}

void write_addresses(const Structure& structure, std::string_view key,
                     std::string_view name, JsonWriter& json) {
  json.key(key).begin_array();
  if (const auto raw = structure.value_of(structure.parts[0], name)) {
    for (const auto& mailbox : mime::parse_address_list(*raw).mailboxes) {
      json.begin_object().field("name", mailbox.name);
      json.field("address", mailbox.address).end_object();
    }
  }
  json.end_array();
}

void write_date(const Structure& structure, JsonWriter& json) {
  const auto raw = structure.value_of(structure.parts[0], "Date");
  const auto when = raw ? mime::parse_date_time(*raw) : std::nullopt;
  json.field("date",
             when ? std::optional(mime::to_rfc3339(*when)) : std::nullopt);
}

void write_message_id(const Structure& structure, JsonWriter& json) {
  const auto raw = structure.value_of(structure.parts[0], "Message-ID");
  const auto ids = raw ? mime::parse_message_ids(*raw, 1)
                       : std::vector<std::string>{};
  json.field("message_id", ids.empty() ? std::nullopt : std::optional(ids[0]));
}

void write_headers(const Structure& structure, JsonWriter& json) {
  const auto& top = structure.parts[0];
  json.key("headers").begin_array();
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    const auto raw = structure.value(field);
    json.begin_object().field("name", structure.name(field));
    json.field("value", mime::decode_value(raw));
    json.field("raw", mime::undeclared_to_utf8(raw));
    json.field("offset", field.offset).end_object();
  }
  json.end_array();
}

void write_part(const ParsedMessage& message, std::size_t index,
                JsonWriter& json) {
  const auto& structure = message.structure;
  const Part& part = structure.parts[index];
  json.begin_object().field("id", structure.id(static_cast<std::uint32_t>(index)));
  json.field("parent", part.parent == mime::kNoPart
                           ? std::nullopt
                           : std::optional(structure.id(part.parent)));
  const auto known = [](std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(std::string(text));
  };
  json.field("type", structure.type(part));
  json.field("charset", known(structure.charset(part)));
  json.field("encoding", structure.encoding(part));
  json.field("disposition", known(structure.disposition(part)));
  json.field("name", known(structure.file_name(part)));
  json.field("offset", part.body.offset).field("size", part.body.length);
  if (part.is_leaf()) {
    const auto& body = message.levels[0].bodies[index];
    json.field("decoded_size", body.octets);
    if (body.decoded) json.field("sha256", hex(*body.decoded));
  }
  json.end_object();
}

void write_defects(const Structure& structure, JsonWriter& json) {
  json.key("defects").begin_array();
  for (const auto& defect : structure.defects) {
    const auto& about = mime::info(defect.rule);
    json.begin_object().field("rule", about.name);
    json.field("severity", mime::to_string(about.severity));
    json.field("part", structure.id(defect.part));
    json.field("offset", defect.offset).field("length", defect.length);
    json.field("rfc", about.rfc.empty() ? std::nullopt
                                        : std::optional(std::string(about.rfc)));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Result<void> write_json(const ParsedMessage& message, JsonWriter& json) {
  const auto& structure = message.structure;
  json.begin_object().field("type", "message");
  json.field("source", message.place.source);
  json.field("index", message.place.index);
  json.field("offset", message.place.offset).field("size", structure.octets);
  write_text_field(structure, "subject", "Subject", json);
  write_addresses(structure, "from", "From", json);
  write_addresses(structure, "to", "To", json);
  write_addresses(structure, "cc", "Cc", json);
  write_date(structure, json);
  write_message_id(structure, json);
  write_headers(structure, json);
  json.key("parts").begin_array();
  for (std::size_t i = 0; i < structure.parts.size(); ++i) {
    write_part(message, i, json);
  }
  json.end_array();
  write_defects(structure, json);
  json.end_object();
  return json.end_line();
}

}  // namespace mailtool::app
