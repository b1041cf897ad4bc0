#include "mailtool/net/mail_route.h"

#include <openssl/rand.h>

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"

namespace mailtool::net {
namespace {

// address-literal = "[" ( IPv4 / "IPv6:" IPv6 ) "]"   ; RFC 5321 section 4.1.3
Result<std::vector<MailHost>> literal_route(std::string_view domain,
                                            const MailRouteOptions& options) {
  auto inner = domain.substr(1, domain.size() - 2);
  const bool v6 = istarts_with(inner, "IPv6:");
  if (v6) inner.remove_prefix(5);
  const auto address = IpAddress::parse(inner);
  if (!domain.ends_with(']') || !address || address->v6 != v6)
    return Error{ErrorKind::no_host,
                 "'" + printable(domain) + "' is not an address literal"};
  if (!address->allowed_by(options.family))
    return Error{ErrorKind::no_host, printable(domain) + " has no " +
                                         (v6 ? "IPv4" : "IPv6") + " address"};
  return std::vector<MailHost>{MailHost{
      address->to_string(), 0, {Endpoint{*address, options.port}}, false}};
}

// Preferences ascending; inside one, any order is as likely as another.
void put_in_order(std::vector<MxRecord>& records, const RandomSource& random) {
  for (std::size_t left = records.size(); left > 1; --left)
    std::swap(records[left - 1], records[random() % left]);
  std::stable_sort(records.begin(), records.end(),
                   [](const MxRecord& a, const MxRecord& b) {
                     return a.preference < b.preference;
                   });
}

// Two of the addresses, one of each family where there are both.
std::vector<Endpoint> choose(const std::vector<IpAddress>& addresses,
                             std::uint16_t port) {
  std::vector<Endpoint> chosen;
  const auto first = addresses.front();
  chosen.push_back({first, port});
  const auto other =
      std::find_if(addresses.begin(), addresses.end(),
                   [&first](const IpAddress& a) { return a.v6 != first.v6; });
  if (other != addresses.end())
    chosen.push_back({*other, port});
  else if (addresses.size() > 1)
    chosen.push_back({addresses[1], port});
  return chosen;
}

// Hosts without an address drop out; if all do, the kindest reason is kept:
// "ask again" before "no such host".
Result<std::vector<MailHost>> with_addresses(const Resolver& resolver,
                                             std::vector<MailHost> hosts,
                                             const MailRouteOptions& options) {
  std::vector<std::string> names;
  for (auto& host : hosts) {
    host.endpoints = overridden(options.overrides, host.host, options.port);
    if (host.endpoints.empty()) names.push_back(host.host);
  }
  const auto found = resolver.addresses_of(names, options.family);
  std::vector<MailHost> usable;
  std::optional<Error> failure;
  auto next = found.begin();
  for (auto& host : hosts) {
    if (host.endpoints.empty()) {
      const auto& addresses = *next++;
      if (!addresses) {
        if (!failure || failure->kind == ErrorKind::no_host)
          failure = addresses.error();
        continue;
      }
      host.endpoints = choose(addresses->addresses, options.port);
      host.authenticated = host.authenticated && addresses->authenticated;
    }
    usable.push_back(std::move(host));
  }
  if (usable.empty()) return *failure;
  return usable;
}

// The MX records as hosts to try; \pre there is at least one record.
Result<std::vector<MailHost>> hosts_of(Records<MxRecord> mx,
                                       const std::string& domain,
                                       const RandomSource& random) {
  // RFC 7505 section 3: a single record, the root.
  if (mx.records.size() == 1 && mx.records[0].host.empty())
    return Error{ErrorKind::no_host, domain + " takes no mail (null MX)"};
  std::erase_if(mx.records,
                [](const MxRecord& one) { return !is_host_name(one.host); });
  if (mx.records.empty())
    return Error{ErrorKind::no_host,
                 domain + " has no MX record that names a host"};
  put_in_order(mx.records, random);
  std::vector<MailHost> hosts;
  for (const auto& one : mx.records) {
    if (hosts.size() == kMailHosts) break;
    const bool known =
        std::any_of(hosts.begin(), hosts.end(),
                    [&one](const MailHost& h) { return h.host == one.host; });
    if (!known)
      hosts.push_back({one.host, one.preference, {}, mx.authenticated});
  }
  return hosts;
}

}  // namespace

std::uint32_t random_bits() {
  std::uint32_t bits = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits);
  return bits;
}

Result<std::vector<MailHost>> mail_route(const Resolver& resolver,
                                         std::string_view domain,
                                         const RandomSource& random,
                                         const MailRouteOptions& options) {
  if (domain.size() > 2 && domain.front() == '[')
    return literal_route(domain, options);
  auto name = to_ascii_host(domain);
  if (!name) return name.error();
  auto mx = resolver.mx(*name);
  if (!mx) return mx.error();
  const bool authenticated = mx->authenticated;
  std::vector<MailHost> hosts;
  if (mx->records.empty()) {
    // RFC 5321 section 5.1: the domain is its own, implicit MX.
    hosts.push_back({*name, 0, {}, authenticated});
  } else {
    auto listed = hosts_of(std::move(*mx), *name, random);
    if (!listed) return listed.error();
    hosts = std::move(*listed);
  }
  return with_addresses(resolver, std::move(hosts), options);
}

}  // namespace mailtool::net
