#include "app/header_json.h"

#include <optional>
#include <utility>

#include "mailtool/base/utf8.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/received.h"

namespace mailtool::app {
namespace {

using mime::FieldId;
using mime::Structure;

std::optional<std::string_view> raw_value(const Structure& structure,
                                          FieldId id) {
  return structure.value_of(structure.parts[0], id);
}

void write_subject(const Structure& structure, JsonWriter& json) {
  const auto raw = raw_value(structure, FieldId::subject);
  json.field("subject",
             raw ? std::optional(mime::decode_value(*raw)) : std::nullopt);
}

void write_mailbox(const mime::Address& mailbox, const std::string* group,
                   JsonWriter& json) {
  json.begin_object().field("name", mailbox.name);
  json.field("address", mailbox.address);
  if (group != nullptr) json.field("group", *group);
  json.end_object();
}

// An entry is somebody to write to: a group without members has none.
void write_list(const mime::AddressList& list, JsonWriter& json) {
  std::size_t group = 0;
  for (std::size_t i = 0; i < list.mailboxes.size(); ++i) {
    while (group < list.groups.size() && list.groups[group].end <= i) ++group;
    const bool inside =
        group < list.groups.size() && list.groups[group].begin <= i;
    write_mailbox(list.mailboxes[i],
                  inside ? &list.groups[group].name : nullptr, json);
  }
}

void write_addresses(const Structure& structure, JsonWriter& json) {
  constexpr std::pair<std::string_view, FieldId> kFields[] = {
      {"from", FieldId::from},         {"sender", FieldId::sender},
      {"reply_to", FieldId::reply_to}, {"to", FieldId::to},
      {"cc", FieldId::cc},             {"bcc", FieldId::bcc}};
  mime::AddressList list;
  for (const auto& [name, id] : kFields) {
    json.key(name).begin_array();
    if (const auto raw = raw_value(structure, id)) {
      mime::parse_address_list(*raw, list);
      write_list(list, json);
    }
    json.end_array();
  }
}

void write_date(const Structure& structure, JsonWriter& json) {
  const auto raw = raw_value(structure, FieldId::date);
  const auto when = raw ? mime::parse_date_time(*raw) : std::nullopt;
  json.field("date",
             when ? std::optional(mime::to_rfc3339(*when)) : std::nullopt);
  if (raw && !when) json.field("date_raw", mime::decode_value(*raw));
}

void write_ids(const Structure& structure, JsonWriter& json) {
  const auto raw = raw_value(structure, FieldId::message_id);
  const auto own = raw ? mime::parse_message_ids(*raw, 1)
                       : std::vector<std::string>{};
  json.field("message_id", own.empty() ? std::nullopt : std::optional(own[0]));
  constexpr std::pair<std::string_view, FieldId> kLists[] = {
      {"in_reply_to", FieldId::in_reply_to},
      {"references", FieldId::references}};
  for (const auto& [name, id] : kLists) {
    json.key(name).begin_array();
    if (const auto list = raw_value(structure, id)) {
      for (const auto& one : mime::parse_message_ids(*list)) json.value(one);
    }
    json.end_array();
  }
}

// The hops, the last one first, as they stand.
void write_received(const Structure& structure, JsonWriter& json) {
  const auto& top = structure.parts[0];
  mime::Received hop;
  const auto text = [&](std::string_view name, const std::string& value) {
    json.field(name, value.empty() ? std::nullopt : std::optional(value));
  };
  json.key("received").begin_array();
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    if (field.id != FieldId::received) continue;
    mime::parse_received(structure.value(field), hop);
    json.begin_object();
    text("from", hop.from);
    text("helo", hop.helo);
    text("reverse_dns", hop.reverse_dns);
    text("ip", hop.ip);
    text("by", hop.by);
    text("via", hop.via);
    text("with", hop.with);
    text("id", hop.id);
    text("for", hop.for_recipient);
    json.field("date", hop.date ? std::optional(mime::to_rfc3339(*hop.date))
                                : std::nullopt);
    json.end_object();
  }
  json.end_array();
}

void write_fields(const Structure& structure, JsonWriter& json) {
  const auto& top = structure.parts[0];
  std::string value;
  json.key("headers").begin_array();
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    const auto raw = structure.value(field);
    value.clear();
    mime::decode_value(raw, value);
    json.begin_object().field("name", structure.name(field));
    json.field("value", value);
    if (is_valid_utf8(raw)) {
      json.field("raw", raw);
    } else {
      json.field("raw", mime::undeclared_to_utf8(raw));
    }
    json.field("offset", field.offset).end_object();
  }
  json.end_array();
}

}  // namespace

void write_header_json(const Structure& structure, JsonWriter& json) {
  write_subject(structure, json);
  write_addresses(structure, json);
  write_date(structure, json);
  write_ids(structure, json);
  write_received(structure, json);
  write_fields(structure, json);
}

}  // namespace mailtool::app
