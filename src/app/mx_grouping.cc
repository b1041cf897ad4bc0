#include "app/mx_grouping.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

constexpr std::uint8_t kTrustAnchor = 2;  // DANE-TA, RFC 7218 section 2.1

// Octets that never stand in a name, so that no two keys run together.
constexpr char kField = '\n';
constexpr char kPart = '\0';

// Preferences say only which host comes before which: 10 and 20 are as 1 and 2.
// Hosts of one preference were shuffled, and are put in order here.
std::string group_key(const MxRoute& route) {
  std::vector<std::pair<std::uint16_t, std::string>> hosts;
  for (const auto& host : route.hosts) {
    auto key = session_key(host);
    if (host.skipped) key += std::string(1, kPart) + "skipped";
    hosts.emplace_back(host.preference, std::move(key));
  }
  std::sort(hosts.begin(), hosts.end());
  std::string key;
  std::uint16_t before = 0;
  std::size_t rank = 0;
  for (const auto& [preference, host] : hosts) {
    if (preference != before) ++rank;
    before = preference;
    key += std::to_string(rank) + kPart + host + kField;
  }
  return key;
}

}  // namespace

Result<std::string> mail_domain(const std::string& recipient) {
  const auto mailbox = smtp::parse_mailbox(recipient, {.utf8 = true});
  if (!mailbox) return mailbox.error();
  if (mailbox->domain.empty()) {
    return Error{ErrorKind::usage, "has no domain", printable(recipient, 320)};
  }
  if (mailbox->domain[0] == '[') return lower(mailbox->domain);
  return net::to_ascii_host(mailbox->domain);
}

std::string session_key(const MxHost& host) {
  std::string key = host.name;
  for (const auto& endpoint : host.endpoints) {
    key += kPart + endpoint.to_string();
  }
  key += std::string(1, kPart) + name_of(host.tls.rule);
  const auto& policy = host.tls.policy;
  if (policy.associations.empty()) return key;
  key += kPart + policy.name;
  bool by_name = false;
  for (const auto& one : policy.associations) {
    key += kPart + std::to_string(one.usage) + std::to_string(one.selector) +
           std::to_string(one.matching) + std::to_string(one.data.size()) +
           kPart + one.data;
    by_name = by_name || one.usage == kTrustAnchor;
  }
  // Under an anchor the names count, and the domain is one of them.
  if (by_name) {
    for (const auto& name : policy.more_names) key += kPart + name;
  }
  return key;
}

std::vector<MxGroup> group_by_exchangers(
    const std::vector<std::string>& domains, std::vector<MxRoute> routes,
    const std::vector<std::size_t>& domain_of) {
  std::vector<MxGroup> groups;
  std::map<std::string, std::size_t> known;
  std::vector<std::size_t> group_of;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    auto& route = routes[i];
    auto at = groups.size();
    if (!route.error) at = known.emplace(group_key(route), at).first->second;
    if (at == groups.size()) {
      groups.push_back(
          {{}, {}, std::move(route.hosts), std::move(route.error), {}});
    }
    group_of.push_back(at);
    auto& group = groups[at];
    group.domains.push_back(domains[i]);
    for (auto& note : route.notes) group.notes.push_back(std::move(note));
  }
  for (std::size_t i = 0; i < domain_of.size(); ++i) {
    if (domain_of[i] >= group_of.size()) continue;
    groups[group_of[domain_of[i]]].recipients.push_back(i);
  }
  return groups;
}

}  // namespace mailtool::app
