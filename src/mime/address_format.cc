// Addresses on their way out: what a user typed, headers, display.
#include <algorithm>

#include "atext.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/encoded_word.h"

namespace mailtool::mime {
namespace {

// Whether a server could take `address` as one: not empty where it matters.
bool is_deliverable(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == address.npos) return true;
  const auto host = address.substr(at + 1);
  if (host.starts_with('[')) return host.ends_with(']') && host.size() > 2;
  if (host.starts_with('.') || host.find("..") != host.npos) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || is_8bit(c) || c == '-' || c == '.' ||
           c == '_';
  });
}

// Without domain, anything but a word in lower case could be taken for the
// beginning of a name; what begins as an encoded word does, for a name.
bool may_stand_bare(std::string_view address) {
  if (address.starts_with("=?")) return false;
  if (address.starts_with('"')) return !address.ends_with('"');
  if (address.find('@') != address.npos) return true;
  return std::all_of(address.begin(), address.end(), [](char c) {
    return is_atext(c) && !is_8bit(c) && c == to_lower(c);
  });
}

std::string phrase(std::string_view name) {
  // The longest name of an address field, before the first of the words.
  constexpr std::string_view kField = "Resent-Sender: ";
  if (needs_encoding(name)) return encode_words(name, kField.size());
  const bool plain =
      std::all_of(name.begin(), name.end(),
                  [](char c) { return is_atext(c) || c == ' '; });
  return plain && trim(name) == name && name.find("  ") == name.npos
             ? std::string(name)
             : quoted(name);
}

}  // namespace

Result<AddressList> read_address_list(std::string_view text,
                                      std::string_view what) {
  const auto bad = [&](std::string_view why) {
    return Error{ErrorKind::usage, std::string(what) + ": " + std::string(why) +
                                       ": \"" + printable(text, 200) + "\""};
  };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return bad("control character in an address");
  }
  if (!is_valid_utf8(text)) return bad("not UTF-8");
  auto list = parse_address_list(text);
  if (list.mailboxes.empty() && list.groups.empty()) return bad("no address");
  if (list.defective || list.defects.has(DefectRule::encoded_word_in_address)) {
    return bad("not a list of addresses");
  }
  for (const auto& mailbox : list.mailboxes) {
    if (!is_deliverable(mailbox.address)) return bad("not an address");
  }
  return list;
}

std::string to_header(const Address& mailbox) {
  if (mailbox.name.empty()) {
    return may_stand_bare(mailbox.address) ? mailbox.address
                                           : "<" + mailbox.address + ">";
  }
  return phrase(mailbox.name) + " <" + mailbox.address + ">";
}

std::string to_header(const AddressList& list) {
  std::string value;
  const auto separate = [&] {
    if (!value.empty() && !value.ends_with(": ")) value += ", ";
  };
  std::size_t next = 0;
  const auto put_until = [&](std::size_t end) {
    for (; next < end && next < list.mailboxes.size(); ++next) {
      separate();
      value += to_header(list.mailboxes[next]);
    }
  };
  for (const auto& group : list.groups) {
    put_until(group.begin);
    separate();
    value += phrase(group.name) + ": ";
    put_until(group.end);
    if (value.ends_with(": ")) value.pop_back();
    value += ";";
  }
  put_until(list.mailboxes.size());
  return value;
}

std::string to_display(const Address& mailbox) {
  if (mailbox.name.empty()) return mailbox.address;
  return mailbox.name + " <" + mailbox.address + ">";
}

}  // namespace mailtool::mime
