/// \file
/// SASL mechanisms, the client's side (RFC 4422). Pure: challenges in,
/// responses out; the protocol clients carry them, in base64, over the wire.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/stream.h"

namespace mailtool::sasl {

/// Who we are. The secrets are borrowed and outlive every Mechanism made.
struct Credentials {
  std::string user;                  ///< authentication identity, UTF-8
  std::string authzid;               ///< to act as; usually empty
  const Secret* password = nullptr;  ///< for all but the token mechanisms
  const Secret* token = nullptr;     ///< OAuth 2.0 access token
  std::string host;                  ///< for OAUTHBEARER (RFC 7628)
  std::uint16_t port = 0;            ///< for OAUTHBEARER
};

/// What may be used, and over what.
struct Policy {
  std::optional<TlsInfo> tls;  ///< nullopt: the connection is in clear text
  /// PLAIN, LOGIN and tokens may go over clear text (loopback with --tls off,
  /// or --allow-cleartext-password).
  bool allow_clear_text = false;
  /// Only these, in this order; empty: all, strongest first.
  std::vector<std::string> only;
};

/// One authentication exchange.
///
/// respond() is called with each challenge, decoded from base64. Where
/// client_first(), the first call takes an empty challenge and yields the
/// initial response. When the server reports success, finish() must be called
/// and must succeed: it is what notices a server that never proved itself.
class Mechanism {
 public:
  virtual ~Mechanism() = default;
  /// The registered name: "SCRAM-SHA-256-PLUS".
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool client_first() const = 0;
  /// The response to `challenge`, not yet in base64. It may hold a secret.
  /// Fails with protocol (no legal challenge, limits exceeded, too many steps),
  /// untrusted (the server's signature is wrong) or no_auth (the credentials
  /// cannot be put into this form, or the server refuses them in its challenge).
  virtual Result<std::string> respond(std::string_view challenge) = 0;
  /// Fails with untrusted unless the server has proved what the mechanism
  /// lets it prove.
  virtual Result<void> finish() = 0;
  /// Why the server refuses, as far as it said so inside the mechanism (the
  /// JSON of OAuth), made printable; empty when it did not.
  [[nodiscard]] virtual std::string server_said() const { return {}; }
};

/// The mechanisms to try, strongest first: those that the server offers
/// (names in any case), the credentials serve and the policy allows.
/// Fails with no_auth, saying which were offered and why none fits.
Result<std::vector<std::unique_ptr<Mechanism>>> choose(
    const std::vector<std::string>& offered, const Credentials& credentials,
    const Policy& policy);

/// The names choose() knows, strongest first.
[[nodiscard]] const std::vector<std::string_view>& known_mechanisms();

/// POP3's APOP digest (RFC 1939 section 7): hex of MD5(timestamp + password).
[[nodiscard]] std::string apop_digest(std::string_view timestamp,
                                      const Secret& password);

}  // namespace mailtool::sasl
