/// \file
/// Connector: from options to a Stream, and to credentials. The one place
/// where net and the protocol clients meet.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/invocation.h"
#include "app/server_url.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/stream.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::app {

enum class TlsMode { required, opportunistic, off };

/// Dials servers the way the options say: --tls*, --dns-server, --resolve,
/// -4/-6, --source-ip, --timeout, --deadline, -v, --transcript, --password-from,
/// --token-from, --user, --auth. One per command; outlives the streams it makes.
class Connector {
 public:
  /// Fails with usage or config (bad option), cannot_create (transcript file).
  static Result<std::unique_ptr<Connector>> make(const Invocation& invocation);
  virtual ~Connector() = default;

  /// A connected stream; with implicit TLS already negotiated where the URL
  /// says so. Errors name the server.
  virtual Result<std::unique_ptr<Stream>> open(const ServerUrl& url) = 0;

  /// Whether a session may go on without TLS where the URL asks for an upgrade.
  [[nodiscard]] virtual TlsMode tls_mode() const = 0;

  /// The user: --user, else the URL's; empty when there is none.
  [[nodiscard]] virtual std::string user(const ServerUrl& url) const = 0;

  /// True when the user asked to log in: a user name, or a token source.
  [[nodiscard]] virtual bool wants_login(const ServerUrl& url) const = 0;

  /// Who to log in as. Asks the secret source (a prompt, a command, a file) at
  /// the first call; the secrets live in the Connector.
  virtual Result<sasl::Credentials> credentials(const ServerUrl& url) = 0;

  /// What mechanisms may go over `stream`, as it stands now.
  [[nodiscard]] virtual sasl::Policy auth_policy(const ServerUrl& url,
                                                 const Stream& stream) const = 0;

  /// --timeout: the longest silence of a peer.
  [[nodiscard]] virtual std::chrono::milliseconds timeout() const = 0;
};

}  // namespace mailtool::app
