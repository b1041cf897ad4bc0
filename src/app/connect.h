/// \file
/// Connector: from options to a Stream, and to credentials. The one place
/// where net and the protocol clients meet.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/invocation.h"
#include "app/server_url.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/stream.h"
#include "mailtool/net/dialer.h"
#include "mailtool/net/mail_route.h"
#include "mailtool/net/resolver.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::client {
class DeflateStream;
}

namespace mailtool::app {

class SessionLogs;

/// What becomes of a session whose URL asks for an upgrade to TLS.
enum class TlsMode { required, opportunistic, off };

/// --compress: when IMAP's COMPRESS is asked for.
enum class CompressMode { when_it_pays, always, never };

/// A connected server. With implicit TLS it is already negotiated.
struct Connection {
  std::unique_ptr<Stream> stream;
  std::string peer;       ///< "192.0.2.1:25"
  bool loopback = false;  ///< never leaves this machine
  /// Of TCP; with a proxy, the proxy's.
  std::optional<net::Endpoint> endpoint = std::nullopt;
  /// Beneath what logs the dialogue; for IMAP alone, else null.
  client::DeflateStream* compression = nullptr;
};

/// How names are looked up: --dns-server, --timeout, --deadline. Fails with
/// usage.
Result<net::ResolverOptions> lookup_options(const OptionValues& options);

/// Dials servers the way the options say: --tls*, --dns-server, --resolve, -4,
/// -6, --source-ip, --timeout, --deadline, -v, --transcript, --password-from,
/// --token-from, --user, --auth. One per account; outlives the Connections.
///
/// All but make() and credentials() may be called by many threads at a time.
class Connector {
 public:
  /// `logs`, where other Connectors write too, outlives it; null: it has logs
  /// of its own. Fails with usage or config (bad option), cannot_create
  /// (transcript file).
  static Result<std::unique_ptr<Connector>> make(const Invocation& invocation,
                                                 SessionLogs* logs = nullptr);
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  /// Fails as net::Dialer::dial; the Error does not name the server, see
  /// at_server().
  Result<Connection> open(const ServerUrl& url);

  /// The addresses that open() would try, in order, with ports: "192.0.2.1:25".
  /// Fails with no_host or unresolved.
  Result<std::vector<std::string>> addresses(const ServerUrl& url);

  /// The hosts that take mail for `domain` (RFC 5321 section 5). With port 25
  /// this machine and those behind it are left out.
  Result<std::vector<net::MailHost>> route(std::string_view domain,
                                           std::uint16_t port) const;
  /// One of them, at one of `endpoints`. `tls`: what start_tls() proves; null:
  /// it will not be called.
  Result<Connection> open_exchanger(std::string_view host,
                                    const std::vector<net::Endpoint>& endpoints,
                                    const net::TlsPolicy* tls);
  /// A web server, TLS negotiated and `host` proved by certificate authority.
  /// Connecting and the handshake take `timeout` each at most.
  Result<std::unique_ptr<Stream>> open_https(const std::string& host,
                                             std::chrono::milliseconds timeout);

  [[nodiscard]] const net::Resolver& resolver() const;
  /// --tls-ca, --tls-pin, --tls-cert, --tls-key, --tls-min, --tls-name.
  [[nodiscard]] const net::TlsPolicy& tls_policy() const;

  /// A line of our own in the dialogue that -v and --transcript show.
  void note(std::string_view text);
  /// The calling thread has no session that talks: see SessionLog::end_turn.
  void end_turn();

  /// --tls; `fallback` where it is not given.
  [[nodiscard]] TlsMode tls_mode(TlsMode fallback = TlsMode::required) const;

  /// --compress.
  [[nodiscard]] CompressMode compress_mode() const;

  /// The user: --user, else the URL's; empty when there is none.
  [[nodiscard]] std::string user(const ServerUrl& url) const;

  /// True when the user asked to log in: a user name, a token source, or
  /// --auth EXTERNAL.
  [[nodiscard]] bool wants_login(const ServerUrl& url) const;

  /// Who to log in as. Asks the secret source (a prompt, a command, a file) at
  /// the first call; the secrets live in the Connector.
  Result<sasl::Credentials> credentials(const ServerUrl& url);

  /// What mechanisms may go over `connection`, as its stream stands now.
  [[nodiscard]] sasl::Policy auth_policy(const Connection& connection) const;

  /// Who we are for EHLO; see helo_name.h.
  [[nodiscard]] const std::string& helo() const;

  /// --timeout: the longest silence of a peer.
  [[nodiscard]] std::chrono::milliseconds timeout() const;

 private:
  struct State;
  explicit Connector(std::unique_ptr<State> state);
  Result<Connection> dial(const net::DialTarget& target,
                          std::string_view shown, bool may_compress = false);
  std::unique_ptr<State> state_;
};

/// The Error with the server's name before its step, as users see it:
/// "pop3s://bob@mail.example: USER bob: refused".
[[nodiscard]] Error at_server(Error error, const ServerUrl& url);

}  // namespace mailtool::app
