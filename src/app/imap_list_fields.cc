#include "app/imap_list_fields.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "app/imap_addresses.h"
#include "app/imap_folder_name.h"
#include "app/imap_part.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/date_time.h"

namespace mailtool::app {
namespace {

struct FieldRow {
  ListField field;
  std::string_view name;
};

constexpr std::array<FieldRow, 16> kFields{{
    {ListField::uid, "uid"},
    {ListField::date, "date"},
    {ListField::arrival, "arrival"},
    {ListField::from, "from"},
    {ListField::to, "to"},
    {ListField::cc, "cc"},
    {ListField::subject, "subject"},
    {ListField::size, "size"},
    {ListField::flags, "flags"},
    {ListField::message_id, "message-id"},
    {ListField::thread_id, "thread-id"},
    {ListField::email_id, "email-id"},
    {ListField::preview, "preview"},
    {ListField::saved, "saved"},
    {ListField::attachments, "attachments"},
    {ListField::folder, "folder"},
}};

// "2026-11-20 12:00"
constexpr std::size_t kTimeColumns = 16;

const FieldRow& row_of(ListField field) {
  return kFields[static_cast<std::size_t>(field)];
}

std::optional<mime::DateTime> server_date(
    const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto seconds = imap::parse_internal_date(*text);
  if (!seconds) return std::nullopt;
  return mime::DateTime{*seconds, 0, true};
}

std::optional<mime::DateTime> header_date(const imap::FetchData& message) {
  if (!message.envelope || !message.envelope->date) return std::nullopt;
  return mime::parse_date_time(*message.envelope->date);
}

// The header's date, else when the server took the message.
std::optional<mime::DateTime> date_of(const imap::FetchData& message) {
  const auto date = header_date(message);
  return date ? date : server_date(message.internal_date);
}

// The day alone where there is no room for the time.
std::string local_time(const std::optional<mime::DateTime>& when,
                       std::size_t columns) {
  if (!when) return "-";
  const bool narrow = columns > 0 && columns < kTimeColumns;
  const auto seconds = static_cast<std::time_t>(when->seconds);
  std::tm local{};
  char text[32];
  if (localtime_r(&seconds, &local) == nullptr ||
      std::strftime(text, sizeof text,
                    narrow ? "%Y-%m-%d" : "%Y-%m-%d %H:%M", &local) == 0) {
    return "-";
  }
  return text;
}

std::string people(const std::vector<imap::Address>& addresses, bool all) {
  std::string text;
  for (const auto& address : addresses) {
    if (!is_address(address) && addresses.size() > 1) continue;
    auto name = decoded(address.name);
    if (name.empty()) name = address_text(address);
    text += (text.empty() ? "" : ", ") + name;
    if (!all) break;
  }
  return text;
}

std::string flag_text(const imap::FetchData& message) {
  std::string text;
  if (!message.flags) return text;
  for (const auto& flag : *message.flags) {
    text += (text.empty() ? "" : " ") + flag;
  }
  return text;
}

// "2: menu.pdf, prices.ods"; empty for none.
std::string attachment_text(const imap::FetchData& message) {
  if (!message.body_structure) return "-";
  const auto parts = message.body_structure->attachments();
  if (parts.empty()) return "";
  auto text = std::to_string(parts.size()) + ":";
  for (const auto* part : parts) {
    const auto name = part_name(*part);
    if (text.size() > 4096) break;
    text += (text.ends_with(':') ? " " : ", ") +
            (name.empty() ? part->type + "/" + part->subtype : name);
  }
  return text;
}

void write_date(JsonWriter& json, std::string_view name,
                const std::optional<mime::DateTime>& date) {
  json.key(name);
  if (date) {
    json.value(mime::to_rfc3339(*date));
  } else {
    json.null();
  }
}

void write_text(JsonWriter& json, std::string_view name,
                const std::optional<std::string>& text) {
  json.key(name);
  if (text && !text->empty()) {
    json.value(*text);
  } else {
    json.null();
  }
}

void write_attachments(JsonWriter& json, const imap::FetchData& message) {
  json.key("attachments");
  if (!message.body_structure) {
    json.null();
    json.null_field("attachment_names");
    return;
  }
  const auto parts = message.body_structure->attachments();
  json.value(std::uint64_t{parts.size()});
  json.key("attachment_names").begin_array();
  for (const auto* part : parts) json.value(part_name(*part));
  json.end_array();
}

// A third of the column at most: the rest is for the subject.
std::string indent(const ListRow& row, std::size_t columns) {
  if (row.place == nullptr) return "";
  std::size_t levels = std::min(row.place->depth, kMaxIndent);
  if (columns > 0) levels = std::min(levels, columns / 3 / 2);
  return std::string(2 * levels, ' ');
}

void write_place(JsonWriter& json, const imap::ThreadPlace& place) {
  json.field("thread", place.root).field("depth", place.depth);
  json.key("parent");
  if (place.parent != 0) {
    json.value(std::uint64_t{place.parent});
  } else {
    json.null();
  }
}

void write_extra(JsonWriter& json, const ListRow& row, ListField field) {
  const auto& message = row.message;
  switch (field) {
    case ListField::thread_id:
      return write_text(json, "thread_id", message.thread_id);
    case ListField::email_id:
      return write_text(json, "email_id", message.email_id);
    case ListField::saved:
      return write_date(json, "saved", server_date(message.save_date));
    case ListField::preview: json.key("preview").value(row.preview); return;
    default: return;  // told of every message
  }
}

}  // namespace

Result<std::vector<ListField>> parse_list_fields(std::string_view text) {
  std::vector<ListField> fields;
  for (const auto word : split(text, ',')) {
    const auto* const found =
        std::find_if(kFields.begin(), kFields.end(),
                     [&](const auto& row) { return row.name == word; });
    if (found == kFields.end()) {
      std::vector<std::string_view> names;
      for (const auto& row : kFields) names.push_back(row.name);
      std::string list;
      for (const auto name : names) {
        list += (list.empty() ? "" : ", ") + std::string(name);
      }
      return Error{ErrorKind::usage, "not a field" + did_you_mean(word, names),
                   "--fields " + printable(word, 60), "", "fields are " + list};
    }
    if (std::find(fields.begin(), fields.end(), found->field) == fields.end()) {
      fields.push_back(found->field);
    }
  }
  return fields;
}

std::string_view name_of(ListField field) { return row_of(field).name; }

bool is_number(ListField field) {
  return field == ListField::uid || field == ListField::size;
}

std::string field_text(ListField field, const ListRow& row,
                       std::size_t columns) {
  const auto& message = row.message;
  const auto* envelope = message.envelope ? &*message.envelope : nullptr;
  switch (field) {
    case ListField::uid: return std::to_string(message.uid.value_or(0));
    case ListField::date: return local_time(date_of(message), columns);
    case ListField::arrival:
      return local_time(server_date(message.internal_date), columns);
    case ListField::saved:
      return local_time(server_date(message.save_date), columns);
    case ListField::from:
      if (envelope == nullptr || envelope->from.empty()) return "-";
      return people(envelope->from, false);
    case ListField::to: return envelope ? people(envelope->to, true) : "";
    case ListField::cc: return envelope ? people(envelope->cc, true) : "";
    case ListField::subject:
      return indent(row, columns) +
             (envelope ? decoded(envelope->subject) : "(unreadable)");
    case ListField::size:
      return message.size ? std::to_string(*message.size) : "-";
    case ListField::flags: return flag_text(message);
    case ListField::message_id:
      return envelope ? envelope->message_id.value_or("") : "";
    case ListField::thread_id: return message.thread_id.value_or("");
    case ListField::email_id: return message.email_id.value_or("");
    case ListField::preview: return row.preview.value_or("");
    case ListField::attachments: return attachment_text(message);
    case ListField::folder: return typed_name(row.folder.utf8);
  }
  return "";
}

Result<void> write_list_json(Sink& out, const ListRow& row,
                             const std::vector<ListField>& extra) {
  static const imap::Envelope kNone;
  const auto& message = row.message;
  const auto& envelope = message.envelope ? *message.envelope : kNone;
  JsonWriter json(out);
  json.begin_object().field("type", "message");
  json.field("folder", typed_name(row.folder.utf8));
  json.field("uidvalidity", row.uidvalidity);
  json.field("uid", message.uid.value_or(0));
  write_date(json, "date", header_date(message));
  write_date(json, "arrival", server_date(message.internal_date));
  write_addresses(json, "from", envelope.from);
  write_addresses(json, "to", envelope.to);
  write_addresses(json, "cc", envelope.cc);
  json.key("subject");
  if (envelope.subject) {
    json.value(decoded(envelope.subject));
  } else {
    json.null();
  }
  json.key("size").value(message.size);
  json.key("flags").begin_array();
  if (message.flags) {
    for (const auto& flag : *message.flags) json.value(flag);
  }
  json.end_array();
  write_text(json, "message_id", envelope.message_id);
  write_attachments(json, message);
  for (const auto field : extra) write_extra(json, row, field);
  if (row.place != nullptr) write_place(json, *row.place);
  if (row.text != nullptr) json.field("text", *row.text);
  json.key("warnings").begin_array();
  for (const auto& warning : message.warnings) json.value(warning);
  return json.end_array().end_object().end_line();
}

}  // namespace mailtool::app
