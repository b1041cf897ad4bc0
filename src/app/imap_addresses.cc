#include "app/imap_addresses.h"

#include "mailtool/mime/encoded_word.h"

namespace mailtool::app {

std::string decoded(const std::optional<std::string>& raw) {
  return raw ? mime::decode_encoded_words(*raw) : std::string();
}

std::string address_text(const imap::Address& address) {
  if (!address.mailbox) return "";
  return *address.mailbox + (address.host ? "@" + *address.host : "");
}

// What opens and closes a group has no host.
bool is_address(const imap::Address& address) {
  return address.host && address.mailbox;
}

void write_addresses(JsonWriter& json, std::string_view name,
                     const std::vector<imap::Address>& addresses,
                     std::size_t most) {
  json.key(name).begin_array();
  std::size_t count = 0;
  for (const auto& address : addresses) {
    if (!is_address(address)) continue;
    if (++count > most) break;
    json.begin_object().key("name");
    if (address.name) {
      json.value(decoded(address.name));
    } else {
      json.null();
    }
    json.field("address", address_text(address)).end_object();
  }
  json.end_array();
}

}  // namespace mailtool::app
