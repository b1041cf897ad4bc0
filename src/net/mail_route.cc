#include "mailtool/net/mail_route.h"

#include <openssl/rand.h>

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "net/connect_race.h"

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
  return std::vector<MailHost>{MailHost{address->to_string(),
                                        0,
                                        {Endpoint{*address, options.port}},
                                        false,
                                        {},
                                        {}}};
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

std::vector<Endpoint> endpoints_of(const std::vector<IpAddress>& addresses,
                                   std::uint16_t port) {
  std::vector<Endpoint> endpoints;
  for (const auto& address : addresses) endpoints.push_back({address, port});
  return interleave(endpoints);
}

bool names_us(const MailHost& host, const OwnIdentity& own) {
  const auto holds = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  return holds(own.names, host.host) ||
         std::any_of(host.endpoints.begin(), host.endpoints.end(),
                     [&](const Endpoint& endpoint) {
                       return holds(own.addresses, endpoint.address);
                     });
}

// RFC 5321 section 5.1: hosts that are not preferred to this one would hand the
// mail back to it.
void leave_out_ourselves(std::vector<MailHost>& hosts, const OwnIdentity& own) {
  const auto here = std::find_if(
      hosts.begin(), hosts.end(),
      [&own](const MailHost& host) { return names_us(host, own); });
  if (here == hosts.end()) return;
  const auto preference = here->preference;  // ascending: the least of ours
  std::erase_if(hosts, [preference](const MailHost& host) {
    return host.preference >= preference;
  });
}

// Two addresses a host, so that one list of many does not hide the hosts behind
// it; what is left to give goes to the first that have more.
void share_out_addresses(std::vector<MailHost>& hosts) {
  constexpr std::size_t kEach = 2;
  std::size_t left = kMailAddresses;
  std::vector<std::size_t> kept;
  for (const auto& host : hosts) {
    kept.push_back(std::min({host.endpoints.size(), kEach, left}));
    left -= kept.back();
  }
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto more = std::min(hosts[i].endpoints.size() - kept[i], left);
    left -= more;
    hosts[i].endpoints.resize(kept[i] + more);
  }
  std::erase_if(hosts, [](const MailHost& host) {
    return host.endpoints.empty() && !host.unresolved;
  });
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
  bool any = false;
  auto next = found.begin();
  for (auto& host : hosts) {
    host.canonical = host.host;
    if (host.endpoints.empty()) {
      const auto& addresses = *next++;
      // A name of this machine may have no address that others can see.
      const bool ours = names_us(host, options.own);
      if (!addresses && !ours) {
        const auto& why = addresses.error();
        if (!failure || failure->kind == ErrorKind::no_host) failure = why;
        if (why.kind == ErrorKind::no_host) continue;
        host.unresolved = why;
      }
      if (addresses) {
        host.endpoints = endpoints_of(addresses->addresses, options.port);
        host.authenticated = host.authenticated && addresses->authenticated;
        if (!addresses->canonical.empty())
          host.canonical = addresses->canonical;
      }
    }
    any = any || !host.unresolved;
    usable.push_back(std::move(host));
  }
  if (!any) return *failure;
  return usable;
}

Error mail_is_for_us(const std::string& domain) {
  return Error{
      ErrorKind::config,
      "mail loops back: this machine is the best mail exchanger of " + domain,
      {},
      {},
      "its mail is to be delivered here: give --server "
      "smtp://localhost or lmtp:PATH instead of --mx"};
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
      hosts.push_back(
          {one.host, one.preference, {}, mx.authenticated, {}, mx.canonical});
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
    hosts.push_back({*name, 0, {}, authenticated, {}, mx->canonical});
  } else {
    auto listed = hosts_of(std::move(*mx), *name, random);
    if (!listed) return listed.error();
    hosts = std::move(*listed);
  }
  auto reachable = with_addresses(resolver, std::move(hosts), options);
  if (!reachable) return reachable;
  leave_out_ourselves(*reachable, options.own);
  if (reachable->empty()) return mail_is_for_us(*name);
  share_out_addresses(*reachable);
  return reachable;
}

}  // namespace mailtool::net
