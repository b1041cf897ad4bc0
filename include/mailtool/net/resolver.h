/// \file
/// Resolver: DNS look-ups (c-ares carries them, dns_answer.h reads them).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/dns_answer.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/net/run_limits.h"

namespace mailtool::net {

struct ResolverOptions {
  /// --dns-server: asked instead of the system's; the hosts file and the search
  /// domains are then left aside too.
  std::optional<Endpoint> dns_server;
  std::string hosts_file = "/etc/hosts";      ///< "" for none
  std::chrono::milliseconds timeout{15'000};  ///< for one look-up as a whole
  /// Of the system's resolver; read for `options trust-ad` alone.
  std::string resolv_conf = "/etc/resolv.conf";
  RunLimits run;
};

/// --dns-server IP[:PORT]; port 53 unless given. Fails with usage on a name.
Result<Endpoint> parse_dns_server(std::string_view text);

/// What a look-up of records found. An empty list is an answer too: the name
/// exists and has no such record.
template <class Record>
struct Records {
  std::vector<Record> records;  ///< in the order of the answer
  bool authenticated =
      false;              ///< AD bit: worth what the path to the resolver is
  std::string canonical;  ///< the name behind all CNAMEs
};

/// The addresses of one host.
struct HostAddresses {
  std::vector<IpAddress> addresses;  ///< IPv6 first, else as answered; 1..100
  bool authenticated = false;        ///< of all the answers used
  /// The other family had not answered when these were handed out.
  bool partial = false;
  std::string canonical = {};  ///< the name behind all aliases; "" without DNS
};

/// Asks a name server. Holds no connection: each look-up uses a channel of its
/// own, so one Resolver may serve many threads at a time.
///
/// Names may be UTF-8. Every look-up fails with no_host when the name does not
/// exist (NXDOMAIN) or is no name, with unresolved when there is no telling
/// (SERVFAIL, REFUSED, silence, a malformed answer: asking again may help),
/// and with timed_out or interrupted by the RunLimits.
class Resolver {
 public:
  explicit Resolver(ResolverOptions options) : options_(std::move(options)) {}

  /// A and AAAA, asked for side by side. An IP literal (brackets allowed) is
  /// its own address. Without --dns-server, `localhost` is the loopback
  /// (RFC 6761), then the hosts file is read, then DNS is asked; a name of one
  /// label is tried below the search domains of resolv.conf first. No address
  /// of `family` at all is no_host.
  Result<HostAddresses> addresses(std::string_view host,
                                  Family family = Family::any) const;

  /// As addresses, but once one family has answered the other gets only the
  /// Resolution Delay of RFC 8305 section 3; see HostAddresses::partial.
  Result<HostAddresses> addresses_soon(std::string_view host,
                                       Family family = Family::any) const;

  /// The addresses of many hosts at once, in their order. At most 32 hosts.
  std::vector<Result<HostAddresses>> addresses_of(
      const std::vector<std::string>& hosts, Family family = Family::any) const;

  Result<Records<MxRecord>> mx(std::string_view domain) const;
  Result<Records<SrvRecord>> srv(std::string_view owner) const;
  Result<Records<TxtRecord>> txt(std::string_view owner) const;
  Result<Records<TlsaRecord>> tlsa(std::string_view owner) const;

  /// True when the AD bit in answers is worth something: all name servers asked
  /// are on loopback, so that nobody stands between, or resolv.conf says
  /// `options trust-ad` (resolv.conf(5)) and is what names them.
  [[nodiscard]] bool trusted() const;

  [[nodiscard]] const ResolverOptions& options() const { return options_; }

 private:
  ResolverOptions options_;
};

}  // namespace mailtool::net
