#include "app/ascii_domain.h"

#include "app/qualify.h"
#include "mailtool/base/ascii.h"
#include "mailtool/net/idn.h"

namespace mailtool::app {

std::string with_ascii_domain(std::string_view address) {
  const auto halves = halves_of(address);
  if (is_ascii(halves.domain) || !is_ascii(halves.local_part)) {
    return std::string(address);
  }
  const auto domain = net::to_ascii_host(halves.domain);
  if (!domain) return std::string(address);
  return std::string(halves.local_part) + "@" + *domain;
}

void make_domains_ascii(mime::AddressList& list) {
  for (auto& mailbox : list.mailboxes) {
    if (is_ascii(mailbox.address)) continue;
    mailbox.address = with_ascii_domain(mailbox.address);
  }
}

std::string with_ascii_domains(std::string_view value) {
  auto list = mime::parse_address_list(value);
  if (list.defective) return std::string(value);
  std::string text;
  std::size_t done = 0;
  for (auto& mailbox : list.mailboxes) {
    auto ascii = with_ascii_domain(mailbox.address);
    if (ascii == mailbox.address) continue;
    const auto at = value.find(mailbox.address, done);
    if (at == value.npos) return std::string(value);
    text += value.substr(done, at - done);
    text += ascii;
    done = at + mailbox.address.size();
    mailbox.address = std::move(ascii);
  }
  text += value.substr(done);
  const auto after = mime::parse_address_list(text);
  // A comment that holds the address, too, may have been what was changed.
  const bool same = !after.defective && after.mailboxes == list.mailboxes &&
                    after.groups == list.groups;
  return same ? text : std::string(value);
}

std::string mailbox_key(std::string_view address) {
  const auto halves = halves_of(address);
  if (halves.domain.empty()) return std::string(address);
  auto key = std::string(halves.local_part) + "@";
  if (is_ascii(halves.domain)) return key + lower(halves.domain);
  const auto domain = net::to_ascii_host(halves.domain);
  return key + (domain ? *domain : std::string(halves.domain));
}

}  // namespace mailtool::app
