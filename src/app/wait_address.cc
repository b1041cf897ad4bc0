#include "app/wait_address.h"

#include <algorithm>
#include <utility>

#include "app/ascii_domain.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

using imap::SearchKey;

// "bob@example.test" for an address, "bob" for a user.
std::string key_of(std::string_view address) {
  return lower(mailbox_key(address));
}

std::string_view local_part(std::string_view address) {
  return address.substr(0, address.rfind('@'));
}

// The values of header fields, each on one line.
std::vector<std::string> values_of(std::string_view header) {
  std::vector<std::string> values;
  for (auto line : split(header, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (is_blank(line.front()) && !values.empty()) {
      values.back().append(line);
    } else {
      const auto colon = line.find(':');
      values.emplace_back(line.substr(std::min(colon, line.size() - 1) + 1));
    }
  }
  return values;
}

}  // namespace

Result<WaitAddress> WaitAddress::parse(const std::string& text) {
  const bool whole = text.find('@') != text.npos;
  auto list =
      mime::read_address_list(whole ? text : text + "@example.test", "--to");
  if (!list) return std::move(list).error();
  if (list->mailboxes.size() != 1 || !list->groups.empty()) {
    return Error{ErrorKind::usage,
                 "'" + printable(text, 100) + "' is not one address", "--to"};
  }
  const std::string& address = list->mailboxes[0].address;
  if (whole) return WaitAddress(address, key_of(address));
  const std::string user(local_part(address));
  return WaitAddress(user, lower(user));
}

imap::SearchKey WaitAddress::search_key() const {
  SearchKey any;
  if (!is_ascii(text_)) return any;
  any.kind = SearchKey::Kind::either;
  for (const auto field : kFields) {
    SearchKey one;
    const bool known = field == "To" || field == "Cc";
    one.kind = known ? SearchKey::Kind::string : SearchKey::Kind::header;
    one.name = known ? upper(field) : std::string(field);
    one.text = text_;
    any.children.push_back(std::move(one));
  }
  return any;
}

bool WaitAddress::is_in(std::string_view header) const {
  const bool whole = key_.find('@') != key_.npos;
  for (const auto& value : values_of(header)) {
    const auto list = mime::parse_address_list(value);
    for (const auto& one : list.mailboxes) {
      const auto key =
          whole ? key_of(one.address) : lower(local_part(one.address));
      if (key == key_) return true;
    }
  }
  return false;
}

}  // namespace mailtool::app
