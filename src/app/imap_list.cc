// mailtool imap list: a row a message, from the server's ENVELOPE.

#include <algorithm>
#include <ctime>
#include <utility>

#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "app/json.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/encoded_word.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kFields[] = {"uid",     "date", "from",
                                        "subject", "size", "flags"};

std::string decoded(const std::optional<std::string>& raw) {
  return raw ? mime::decode_encoded_words(*raw) : std::string();
}

std::string address_text(const imap::Address& address) {
  if (!address.mailbox) return "";
  return *address.mailbox + (address.host ? "@" + *address.host : "");
}

// The header's date, else when the server took the message.
std::optional<mime::DateTime> date_of(const imap::FetchData& message) {
  if (message.envelope && message.envelope->date) {
    if (auto date = mime::parse_date_time(*message.envelope->date)) {
      return date;
    }
  }
  if (!message.internal_date) return std::nullopt;
  const auto seconds = imap::parse_internal_date(*message.internal_date);
  if (!seconds) return std::nullopt;
  return mime::DateTime{*seconds, 0, true};
}

void write_addresses(JsonWriter& json, std::string_view name,
                     const std::vector<imap::Address>& addresses) {
  json.key(name).begin_array();
  for (const auto& address : addresses) {
    // What opens and closes a group has no host.
    if (!address.host || !address.mailbox) continue;
    json.begin_object();
    json.key("name");
    if (address.name) {
      json.value(decoded(address.name));
    } else {
      json.null();
    }
    json.field("address", address_text(address)).end_object();
  }
  json.end_array();
}

Result<void> write_json(Output& out, const FoundMessages& found,
                        const imap::FetchData& message) {
  const auto envelope = message.envelope.value_or(imap::Envelope{});
  JsonWriter json(out);
  json.begin_object().field("type", "message");
  json.field("folder", found.folder.utf8);
  json.field("uidvalidity", found.uidvalidity);
  json.field("uid", *message.uid);
  json.key("date");
  if (const auto date = date_of(message)) {
    json.value(mime::to_rfc3339(*date));
  } else {
    json.null();
  }
  write_addresses(json, "from", envelope.from);
  write_addresses(json, "to", envelope.to);
  json.key("subject");
  if (envelope.subject) {
    json.value(decoded(envelope.subject));
  } else {
    json.null();
  }
  json.key("size").value(message.size);
  json.key("flags").begin_array();
  for (const auto& flag : message.flags.value_or(std::vector<std::string>{})) {
    json.value(flag);
  }
  json.end_array();
  json.key("attachments");
  if (message.body_structure) {
    const auto& parts = message.body_structure->parts;
    json.value(static_cast<std::int64_t>(
        std::count_if(parts.begin(), parts.end(),
                      [](const auto& part) { return part.is_attachment(); })));
  } else {
    json.null();
  }
  json.key("warnings").begin_array();
  for (const auto& warning : message.warnings) json.value(warning);
  return json.end_array().end_object().end_line();
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

std::string sender(const imap::FetchData& message) {
  if (!message.envelope || message.envelope->from.empty()) return "-";
  const auto& first = message.envelope->from.front();
  const auto name = decoded(first.name);
  return name.empty() ? address_text(first) : name;
}

std::string field_text(std::string_view field, const imap::FetchData& message) {
  if (field == "uid") return std::to_string(*message.uid);
  if (field == "date") return local_time(date_of(message));
  if (field == "from") return sender(message);
  if (field == "subject") {
    return message.envelope ? decoded(message.envelope->subject)
                            : "(unreadable)";
  }
  if (field == "size")
    return message.size ? std::to_string(*message.size) : "-";
  std::string flags;
  for (const auto& flag : message.flags.value_or(std::vector<std::string>{})) {
    flags += (flags.empty() ? "" : " ") + flag;
  }
  return flags;
}

// Exactly `width` code points: cut, or filled with blanks.
std::string fitted(const std::string& text, std::size_t width) {
  std::string out;
  std::size_t count = 0;
  for (std::string_view rest = text; !rest.empty() && count < width; ++count) {
    const auto point = next_code_point(rest);
    out += rest.substr(0, point.octets);
    rest.remove_prefix(point.octets);
  }
  return out + std::string(width - count, ' ');
}

std::size_t width_of(std::string_view field) {
  if (field == "uid") return 7;
  if (field == "date") return 16;
  if (field == "from") return 24;
  if (field == "subject") return 48;
  return field == "size" ? 9 : 0;
}

Result<std::vector<std::string>> chosen_fields(const Invocation& invocation) {
  std::vector<std::string> fields;
  const auto text =
      invocation.options.get_or("fields", "uid,date,from,subject,size,flags");
  for (const auto word : split(text, ',')) {
    if (std::find(std::begin(kFields), std::end(kFields), word) ==
        std::end(kFields)) {
      return Error{ErrorKind::usage,
                   "not a field" + did_you_mean(word, kFields),
                   "--fields " + printable(word, 60)};
    }
    fields.emplace_back(word);
  }
  return fields;
}

Result<void> write_row(const Invocation& invocation, Output& out,
                       const std::vector<std::string>& fields,
                       const imap::FetchData& message) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto text = printable(field_text(fields[i], message), 4096);
    const bool last = i + 1 == fields.size();
    if (invocation.stdout_is_terminal && !last) {
      text = fitted(text, std::max<std::size_t>(1, width_of(fields[i])));
    }
    if (i > 0) row += invocation.stdout_is_terminal ? "  " : "\t";
    row += text;
  }
  return out.write(row + "\n");
}

}  // namespace

Result<ExitStatus> imap_list(const Invocation& invocation, const Words& words,
                             Output& out) {
  const auto fields = chosen_fields(invocation);
  if (!fields) return fields.error();
  auto what = parse_search(invocation, words);
  if (!what) return std::move(what).error();
  const auto limit =
      parse_number(invocation.options.get_or("limit", "4294967295"))
          .value_or(0);
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto folders = targets(**session, *what);
  if (!folders) return std::move(folders).error();

  client::FetchItems items;
  items.envelope = items.size = items.internal_date = true;
  items.body_structure = invocation.json();
  for (const auto& target : *folders) {
    auto found = find(**session, *what, target, true);
    if (!found) return std::move(found).error();
    const auto uids = found->uids.last(limit);
    auto seen = (*session)->client().fetch(
        uids, items, [&](imap::FetchData& message) -> Result<void> {
          return invocation.json()
                     ? write_json(out, *found, message)
                     : write_row(invocation, out, *fields, message);
        });
    if (!seen) return (*session)->at_server(std::move(seen).error());
  }
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return wrote.error();
  }
  return ExitStatus::ok;
}

}  // namespace mailtool::app
