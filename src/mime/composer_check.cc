#include "composer_check.h"

#include <algorithm>
#include <array>

#include "atext.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"

namespace mailtool::mime {
namespace {

// Fields that composing sets itself, and those that nobody may see.
constexpr std::array<std::string_view, 12> kOwnFields = {
    "from", "sender",     "reply-to",     "to",           "cc",         "bcc",
    "date", "message-id", "mime-version", "subject", "in-reply-to",
    "resent-bcc"};

Error usage(std::string text) { return Error{ErrorKind::usage, std::move(text)}; }

Result<void> check_value(std::string_view value, std::string_view what) {
  if (!has_line_break_or_nul(value)) return {};
  return usage(std::string(what) + ": line break or NUL in the value");
}

Result<void> check_addresses(const AddressList& list, std::string_view what) {
  for (const auto& mailbox : list.mailboxes) {
    if (auto ok = check_value(mailbox.name, what); !ok) return ok;
    if (auto ok = check_value(mailbox.address, what); !ok) return ok;
    if (mailbox.address.empty()) return usage(std::string(what) + ": no address");
  }
  for (const auto& group : list.groups) {
    if (auto ok = check_value(group.name, what); !ok) return ok;
  }
  return {};
}

Result<void> check_extra(const ExtraField& field) {
  const auto shown = "\"" + printable(field.name, 80) + "\"";
  if (!is_field_name(field.name)) {
    return usage("not the name of a header field: " + shown);
  }
  const auto name = lower(field.name);
  const bool own = std::find(kOwnFields.begin(), kOwnFields.end(), name) !=
                   kOwnFields.end();
  if (own || name.starts_with("content-")) {
    return usage("this header field has an option of its own or is set by "
                 "composing: " + shown);
  }
  return check_value(field.value, field.name);
}

Result<void> check_attachment(const Attachment& attachment) {
  const auto shown = "\"" + printable(attachment.file_name, 200) + "\"";
  if (attachment.content == nullptr) {
    return Error{ErrorKind::internal, "attachment without content: " + shown};
  }
  for (const auto& value : {attachment.file_name, attachment.content_id}) {
    if (auto ok = check_value(value, "attachment"); !ok) return ok;
  }
  // atext, "." and "@": what a cid: URL can name without any escape.
  const auto& id = attachment.content_id;
  if (!std::all_of(id.begin(), id.end(), [](char c) {
        return (is_atext(c) && !is_8bit(c)) || c == '.' || c == '@';
      })) {
    return usage("a Content-ID holds only letters, digits and marks like . _ "
                 "- @: \"" + printable(id, 200) + "\"")
        .with_hint("give the file another name with ;name=NAME");
  }
  const auto& type = attachment.media_type;
  if (type.empty()) return {};
  if (!is_media_type(type)) {
    return usage("not a media type: \"" + printable(type, 80) + "\"");
  }
  if (istarts_with(type, "multipart/")) {
    return usage("a file cannot be attached as " + printable(type, 80));
  }
  return {};
}

}  // namespace

Result<void> check(const Composition& message) {
  if (message.from.mailboxes.empty()) return usage("no From address");
  struct Named {
    const AddressList* list;
    std::string_view name;
  };
  const std::array lists = {
      Named{&message.from, "From"},         Named{&message.sender, "Sender"},
      Named{&message.reply_to, "Reply-To"}, Named{&message.to, "To"},
      Named{&message.cc, "Cc"}};
  for (const auto& named : lists) {
    if (auto ok = check_addresses(*named.list, named.name); !ok) return ok;
  }
  struct Value {
    const std::string* text;
    std::string_view name;
  };
  const std::array values = {
      Value{&message.subject, "Subject"}, Value{&message.date, "Date"},
      Value{&message.in_reply_to, "In-Reply-To"},
      Value{&message.message_id, "Message-ID"}};
  for (const auto& value : values) {
    if (auto ok = check_value(*value.text, value.name); !ok) return ok;
  }
  for (const auto& field : message.extra) {
    if (auto ok = check_extra(field); !ok) return ok;
  }
  for (const auto* list : {&message.inline_parts, &message.attachments}) {
    for (const auto& attachment : *list) {
      if (auto ok = check_attachment(attachment); !ok) return ok;
    }
  }
  const auto& token = message.random_token;
  const bool alphanumeric = std::all_of(token.begin(), token.end(), [](char c) {
    return is_alpha(c) || is_digit(c);
  });
  if (token.size() < 16 || token.size() > 40 || !alphanumeric) {
    return Error{ErrorKind::internal, "no random token for boundaries"};
  }
  return {};
}

bool holds_addresses(std::string_view field) {
  constexpr std::array<std::string_view, 9> kNames = {
      "resent-from", "resent-sender", "resent-reply-to", "resent-to",
      "resent-cc",   "errors-to",     "mail-followup-to", "mail-reply-to",
      "disposition-notification-to"};
  return std::find(kNames.begin(), kNames.end(), lower(field)) != kNames.end();
}

bool needs_utf8_headers(const Composition& message) {
  for (const auto& field : message.extra) {
    if (is_ascii(field.value) || !holds_addresses(field.name)) continue;
    const auto list = parse_address_list(field.value);
    for (const auto& mailbox : list.mailboxes) {
      if (!is_ascii(mailbox.address)) return true;
    }
  }
  for (const auto* list : {&message.from, &message.sender, &message.reply_to,
                           &message.to, &message.cc}) {
    for (const auto& mailbox : list->mailboxes) {
      if (!is_ascii(mailbox.address)) return true;
    }
  }
  return false;
}

}  // namespace mailtool::mime
