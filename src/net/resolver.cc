#include "mailtool/net/resolver.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "net/dns_channel.h"
#include "net/dns_query.h"
#include "net/hosts_file.h"

namespace mailtool::net {
namespace {

constexpr std::size_t kMaxAddresses = 100;
constexpr std::size_t kMaxHosts = 32;
// RFC 8305 section 3.
constexpr std::chrono::milliseconds kResolutionDelay{50};

Error no_such_name(const std::string& name) {
  return Error{ErrorKind::no_host, name + " does not exist"};
}

std::vector<Question> address_questions(const std::string& host,
                                        Family family) {
  std::vector<Question> questions;
  if (family != Family::ipv4) questions.push_back({host, RecordType::aaaa});
  if (family != Family::ipv6) questions.push_back({host, RecordType::a});
  return questions;
}

// The answers to address_questions() as one list. A family that failed is
// passed over where the other one answered with addresses.
Result<HostAddresses> join(const std::string& host, Family family,
                           std::span<const Result<DnsAnswer>> answers,
                           bool cut_short) {
  HostAddresses found{{}, true, cut_short, {}};
  bool nonexistent = false;
  const Error* failure = nullptr;
  for (const auto& answer : answers) {
    if (!answer) {
      failure = &answer.error();
      continue;
    }
    nonexistent = nonexistent || answer->rcode == Rcode::name_error;
    if (answer->empty()) continue;
    found.authenticated = found.authenticated && answer->authenticated;
    found.canonical = answer->canonical;
    for (const auto& record : answer->addresses)
      if (found.addresses.size() < kMaxAddresses)
        found.addresses.push_back(record.address);
  }
  if (!found.addresses.empty()) return found;
  if (failure != nullptr) return *failure;
  if (nonexistent) return no_such_name(host);
  const char* what = family == Family::ipv4   ? "IPv4 address"
                     : family == Family::ipv6 ? "IPv6 address"
                                              : "address";
  return Error{ErrorKind::no_host, host + " has no " + what};
}

// What needs no name server; nullopt: ask one.
std::optional<Result<HostAddresses>> local_addresses(
    const ResolverOptions& options, std::string_view host, Family family) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (const auto literal = IpAddress::parse(host)) {
    if (!literal->allowed_by(family))
      return Error{ErrorKind::no_host,
                   literal->to_string() + " is no " +
                       (family == Family::ipv6 ? "IPv6" : "IPv4") + " address"};
    return HostAddresses{{*literal}, false, false};
  }
  const auto name = to_ascii_host(host);
  if (!name) return name.error();
  if (options.dns_server) return std::nullopt;
  auto known = localhost_addresses(*name, family);
  if (known.empty() && !options.hosts_file.empty())
    known = hosts_file_addresses(options.hosts_file, *name, family);
  if (known.empty()) return std::nullopt;
  return HostAddresses{std::move(known), false, false};
}

Result<HostAddresses> look_up(const ResolverOptions& options,
                              std::string_view host, Family family,
                              std::optional<std::chrono::milliseconds> grace) {
  if (auto known = local_addresses(options, host, family))
    return std::move(*known);
  const auto name = to_ascii_host(host);
  if (!name) return name.error();
  std::vector<std::string> candidates;
  if (!options.dns_server && !host.ends_with('.') &&
      name->find('.') == name->npos)
    for (const auto& domain : search_domains())
      if (auto longer = to_ascii_host(*name + '.' + domain))
        candidates.push_back(std::move(*longer));
  candidates.push_back(*name);
  Result<HostAddresses> found = no_such_name(*name);
  for (const auto& candidate : candidates) {
    const auto answers =
        ask(options, address_questions(candidate, family), grace);
    found = join(candidate, family, answers.list, answers.cut_short);
    if (found || found.error().kind != ErrorKind::no_host) return found;
  }
  return found;
}

template <class Record>
Result<Records<Record>> records(const ResolverOptions& options,
                                std::string_view owner, RecordType type,
                                std::vector<Record> DnsAnswer::*list) {
  auto name =
      type == RecordType::mx ? to_ascii_host(owner) : to_ascii_owner(owner);
  if (!name) return name.error();
  auto answers = ask(options, {Question{*name, type}});
  auto& answer = answers.list[0];
  if (!answer) return answer.error();
  if (answer->rcode == Rcode::name_error) return no_such_name(*name);
  return Records<Record>{std::move((*answer).*list), answer->authenticated,
                         std::move(answer->canonical)};
}

// options trust-ad                       ; resolv.conf(5)
bool asks_to_trust(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  constexpr int kMaxLines = 1000;
  for (int i = 0; i < kMaxLines && std::getline(file, line); ++i) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word != "options") continue;
    while (words >> word)
      if (word == "trust-ad") return true;
  }
  return false;
}

}  // namespace

Result<Endpoint> parse_dns_server(std::string_view text) {
  if (const auto server = Endpoint::parse(text, 53)) return *server;
  return Error{ErrorKind::usage,
               "not IP[:PORT], such as 192.0.2.53 or [2001:db8::53]:53"};
}

Result<HostAddresses> Resolver::addresses(std::string_view host,
                                          Family family) const {
  return look_up(options_, host, family, std::nullopt);
}

Result<HostAddresses> Resolver::addresses_soon(std::string_view host,
                                               Family family) const {
  return look_up(options_, host, family, kResolutionDelay);
}

std::vector<Result<HostAddresses>> Resolver::addresses_of(
    const std::vector<std::string>& hosts, Family family) const {
  std::vector<std::optional<Result<HostAddresses>>> found(hosts.size());
  std::vector<Question> questions;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (i >= kMaxHosts)
      found[i] = Error{ErrorKind::internal, "too many hosts to look up"};
    else
      found[i] = local_addresses(options_, hosts[i], family);
    if (found[i]) continue;
    for (auto& question : address_questions(*to_ascii_host(hosts[i]), family))
      questions.push_back(std::move(question));
  }
  const auto answers = questions.empty() ? Answers{} : ask(options_, questions);
  std::span<const Result<DnsAnswer>> rest(answers.list);
  const std::size_t each = family == Family::any ? 2 : 1;
  std::vector<Result<HostAddresses>> all;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (found[i]) {
      all.push_back(std::move(*found[i]));
      continue;
    }
    all.push_back(join(hosts[i], family, rest.first(each), false));
    rest = rest.subspan(each);
  }
  return all;
}

bool Resolver::trusted() const {
  if (options_.dns_server) return options_.dns_server->address.is_loopback();
  const auto channel =
      DnsChannel::open(options_, Transport::udp_first, OnRefusal::report);
  if (!channel) return false;
  return (*channel)->all_on_loopback() || asks_to_trust(options_.resolv_conf);
}

Result<Records<MxRecord>> Resolver::mx(std::string_view domain) const {
  return records(options_, domain, RecordType::mx, &DnsAnswer::mx);
}

Result<Records<SrvRecord>> Resolver::srv(std::string_view owner) const {
  return records(options_, owner, RecordType::srv, &DnsAnswer::srv);
}

Result<Records<TxtRecord>> Resolver::txt(std::string_view owner) const {
  return records(options_, owner, RecordType::txt, &DnsAnswer::txt);
}

Result<Records<TlsaRecord>> Resolver::tlsa(std::string_view owner) const {
  return records(options_, owner, RecordType::tlsa, &DnsAnswer::tlsa);
}

}  // namespace mailtool::net
