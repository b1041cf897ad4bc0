#include "app/imap_list_fields.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "app/imap_addresses.h"
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
  std::size_t width;  // of its column; 0: a share of what is left
  std::size_t share;
};

constexpr std::array<FieldRow, 16> kFields{{
    {ListField::uid, "uid", 7, 0},
    {ListField::date, "date", 16, 0},
    {ListField::arrival, "arrival", 16, 0},
    {ListField::from, "from", 0, 3},
    {ListField::to, "to", 0, 3},
    {ListField::cc, "cc", 0, 3},
    {ListField::subject, "subject", 0, 6},
    {ListField::size, "size", 9, 0},
    {ListField::flags, "flags", 0, 2},
    {ListField::message_id, "message-id", 0, 4},
    {ListField::thread_id, "thread-id", 0, 3},
    {ListField::email_id, "email-id", 0, 3},
    {ListField::preview, "preview", 0, 6},
    {ListField::saved, "saved", 16, 0},
    {ListField::attachments, "attachments", 0, 4},
    {ListField::folder, "folder", 0, 2},
}};
constexpr std::size_t kNarrowest = 6;

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

std::string local_time(const std::optional<mime::DateTime>& when) {
  if (!when) return "-";
  const auto seconds = static_cast<std::time_t>(when->seconds);
  std::tm local{};
  char text[32];
  if (localtime_r(&seconds, &local) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local) == 0) {
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

std::string indent(const ListRow& row) {
  if (row.place == nullptr) return "";
  return std::string(2 * std::min(row.place->depth, kMaxIndent), ' ');
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

std::string field_text(ListField field, const ListRow& row) {
  const auto& message = row.message;
  const auto* envelope = message.envelope ? &*message.envelope : nullptr;
  switch (field) {
    case ListField::uid: return std::to_string(message.uid.value_or(0));
    case ListField::date: return local_time(date_of(message));
    case ListField::arrival:
      return local_time(server_date(message.internal_date));
    case ListField::saved: return local_time(server_date(message.save_date));
    case ListField::from:
      if (envelope == nullptr || envelope->from.empty()) return "-";
      return people(envelope->from, false);
    case ListField::to: return envelope ? people(envelope->to, true) : "";
    case ListField::cc: return envelope ? people(envelope->cc, true) : "";
    case ListField::subject:
      return indent(row) +
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
    case ListField::folder: return row.folder.utf8;
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
  json.field("folder", row.folder.utf8);
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
  json.key("warnings").begin_array();
  for (const auto& warning : message.warnings) json.value(warning);
  return json.end_array().end_object().end_line();
}

std::vector<std::size_t> column_widths(const std::vector<ListField>& fields,
                                       std::size_t columns) {
  std::size_t taken = fields.empty() ? 0 : 2 * (fields.size() - 1);
  std::size_t shares = 0;
  for (const auto field : fields) {
    taken += row_of(field).width;
    shares += row_of(field).share;
  }
  const auto left = columns - std::min(columns, taken);
  std::vector<std::size_t> widths;
  for (const auto field : fields) {
    const auto& row = row_of(field);
    widths.push_back(row.width > 0
                         ? row.width
                         : std::max(kNarrowest, left * row.share / shares));
  }
  return widths;
}

}  // namespace mailtool::app
