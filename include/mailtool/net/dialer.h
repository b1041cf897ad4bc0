/// \file
/// Dialer: connected Streams (RFC 8305 "Happy Eyeballs" over TCP, TLS, unix
/// sockets, SOCKS5).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/stream.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/net/resolve_override.h"
#include "mailtool/net/resolver.h"
#include "mailtool/net/run_limits.h"
#include "mailtool/net/tls.h"

namespace mailtool::net {

/// --proxy socks5://[user@]host:port. The proxy resolves the names (RFC 1928);
/// without a password only the method "no authentication" is offered.
struct SocksProxy {
  std::string host;
  std::uint16_t port = 1080;
};

/// Fails with usage on another scheme, a user or a password.
Result<SocksProxy> parse_socks_proxy(std::string_view url);

struct DialOptions {
  Family family = Family::any;
  std::optional<IpAddress> source;  ///< --source-ip; allows its family alone
  std::vector<ResolveOverride> overrides;
  std::optional<SocksProxy> proxy;
  /// For finding and connecting as a whole, for the TLS handshake, and the
  /// budget of the stream until its first set_deadline.
  std::chrono::milliseconds timeout{60'000};
  RunLimits run;
};

struct DialTarget {
  std::string host;  ///< name or IP literal; empty with `socket`
  std::uint16_t port = 0;
  std::string socket;  ///< path of a unix socket, instead of host and port
  /// Tried instead of what DNS says, in this order: those of a MailHost.
  std::vector<Endpoint> endpoints = {};
  /// What start_tls() proves; nullopt: start_tls() fails with insecure.
  std::optional<TlsPolicy> tls;
  bool implicit_tls = false;  ///< the handshake comes before the greeting
};

/// A connection, and who is at the other end.
struct Dialed {
  std::unique_ptr<Stream> stream;
  std::optional<Endpoint> peer;  ///< of TCP; with a proxy, the proxy's
  std::string peer_text;  ///< "192.0.2.1:25", "/run/lmtp", "proxy 127.0.0.1:9"
  bool loopback = false;  ///< never leaves this machine, as far as we see
};

/// Connects. Never raises SIGPIPE; leaves no descriptor to child processes.
class Dialer {
 public:
  /// `resolver` outlives the Dialer.
  Dialer(const Resolver& resolver, DialOptions options)
      : resolver_(resolver), options_(std::move(options)) {}

  /// Fails with no_host, unresolved (see Resolver), unreachable (each address
  /// with its reason), timed_out, interrupted, system; with the errors of
  /// TlsContext::make; and where TLS is implicit with those of start_tls():
  /// untrusted, protocol (no TLS there), no_auth (the server asks for another
  /// certificate of ours), disconnected.
  Result<Dialed> dial(const DialTarget& target) const;

 private:
  const Resolver& resolver_;
  DialOptions options_;
};

}  // namespace mailtool::net
