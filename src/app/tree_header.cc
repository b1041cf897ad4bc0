#include "app/tree_header.h"

#include <algorithm>
#include <optional>

#include "mailtool/base/printable.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

// Longest value shown; all of it is in --headers and --json.
constexpr std::size_t kShownValue = 300;
constexpr std::size_t kShownName = 80;
constexpr std::size_t kShownAddress = 400;
constexpr std::size_t kShownAddresses = 20;
constexpr std::size_t kShownTimes = 20;  // of one field

struct ShownField {
  mime::FieldId id;
  std::string_view name;
  bool addresses;
};

using mime::FieldId;
constexpr ShownField kShown[] = {{FieldId::from, "From", true},
                                 {FieldId::sender, "Sender", true},
                                 {FieldId::reply_to, "Reply-To", true},
                                 {FieldId::to, "To", true},
                                 {FieldId::cc, "Cc", true},
                                 {FieldId::bcc, "Bcc", true},
                                 {FieldId::date, "Date", false},
                                 {FieldId::subject, "Subject", false},
                                 {FieldId::message_id, "Message-ID", false}};

// Blanks that push the address out of sight are one.
std::string squeezed(std::string_view text) {
  std::string to;
  for (const char c : text) {
    if (c != ' ' || !to.ends_with(' ')) to += c;
  }
  return to;
}

// Quoted where it could be taken for an address, or for the end of one.
std::string shown_name(std::string_view name) {
  auto text = printable(squeezed(name), kShownName);
  if (text.find_first_of("@<>,;:\"\\") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string shown_mailbox(const mime::Address& mailbox) {
  const auto address = printable(mailbox.address, kShownAddress);
  if (mailbox.name.empty()) return address;
  return shown_name(mailbox.name) + " <" + address + ">";
}

std::string shown_addresses(std::string_view raw) {
  const auto list = mime::parse_address_list(raw);
  const auto shown = std::min(list.mailboxes.size(), kShownAddresses);
  std::string text;
  std::size_t next_group = 0;
  bool separate = false;
  std::optional<std::size_t> group_end;
  const auto take_groups = [&](std::size_t at) {
    while (next_group < list.groups.size() &&
           next_group < kShownAddresses && list.groups[next_group].begin == at) {
      const auto& group = list.groups[next_group++];
      if (separate) text += ", ";
      text += shown_name(group.name) + ":";
      separate = false;
      if (group.begin == group.end) {
        text += ";";
        separate = true;
      } else {
        text += " ";
        group_end = group.end;
      }
    }
  };
  for (std::size_t i = 0; i < shown; ++i) {
    take_groups(i);
    if (separate) text += ", ";
    text += shown_mailbox(list.mailboxes[i]);
    separate = true;
    if (group_end == i + 1) {
      text += ";";
      group_end.reset();
    }
  }
  if (shown < list.mailboxes.size()) {
    return text + ", and " + std::to_string(list.mailboxes.size() - shown) +
           " more";
  }
  take_groups(shown);
  return text;
}

}  // namespace

Result<void> write_tree_header(const mime::Structure& structure,
                               const TreeStyle& style, Sink& out) {
  const auto& top = structure.parts[0];
  std::string text;
  for (const auto& wanted : kShown) {
    std::size_t times = 0;
    for (std::size_t i = 0; i < top.field_count; ++i) {
      const auto& field = structure.fields[top.first_field + i];
      if (field.id != wanted.id) continue;
      if (++times > kShownTimes) {
        text += style.paint("and more fields of this name", "2") + "\n";
        break;
      }
      const auto raw = structure.value(field);
      text += style.paint(std::string(wanted.name) + ":", "1");
      text += " ";
      text += wanted.addresses ? shown_addresses(raw)
                               : printable(mime::decode_value(raw), kShownValue);
      text += "\n";
    }
  }
  if (!text.empty()) text += "\n";
  return out.write(text);
}

}  // namespace mailtool::app
