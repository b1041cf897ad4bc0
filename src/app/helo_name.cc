#include "app/helo_name.h"

#include "app/qualify.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/net/local_addresses.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

// address-literal, as RFC 5321 section 4.1.3 writes it
std::string literal(const net::IpAddress& address) {
  return (address.v6 ? "[IPv6:" : "[") + address.to_string() + "]";
}

}  // namespace

Result<std::string> helo_name(const OptionValues& options) {
  if (const auto given = options.get("helo")) {
    // What can stand behind an "@" can stand behind EHLO.
    if (smtp::parse_mailbox("x@" + *given)) return *given;
    return Error{ErrorKind::usage,
                 "'" + printable(*given, 100) +
                     "' is neither a domain nor an address literal",
                 "--helo"};
  }
  if (auto full = full_host_name(); !full.empty()) return full;
  const auto addresses = net::local_addresses();
  return addresses.empty() ? "localhost" : literal(addresses.front());
}

}  // namespace mailtool::app
