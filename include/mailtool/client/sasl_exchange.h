/// \file
/// The SASL exchange that SMTP, POP3 and IMAP share (RFC 4422 section 3): the
/// protocols differ in how a command, a challenge and a verdict look.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::client {

/// What the server answered to one step of an authentication.
struct SaslReply {
  enum class Verdict {
    challenge,      ///< the exchange goes on
    success,        ///< the server lets us in
    refused,        ///< wrong credentials: 535, -ERR [AUTH], NO
    not_available,  ///< this mechanism will not do: 504, 534, BAD
  };
  Verdict verdict;
  std::string challenge;  ///< in base64, as it came; for challenge alone
  std::optional<Error> error;  ///< why; for refused and not_available
};

/// How one protocol carries SASL. Each call sends one line, or fails; a
/// temporary refusal (454, [UNAVAILABLE]) is a failure, since no other
/// mechanism would fare better. Responses are in base64 and may hold a secret:
/// send them with Stream::write_secret.
class SaslChannel {
 public:
  virtual ~SaslChannel() = default;
  /// True when an initial response of this many octets of base64 may go with
  /// the command that names `mechanism`.
  [[nodiscard]] virtual bool takes_initial_response(
      std::string_view mechanism, std::size_t base64_octets) const = 0;
  /// Sends the command. `initial` is absent, or base64; "=" when empty.
  virtual Result<SaslReply> start(std::string_view mechanism,
                                  std::optional<std::string_view> initial) = 0;
  /// Sends one response; an empty one is an empty line.
  virtual Result<SaslReply> respond(std::string_view base64) = 0;
  /// Sends "*" and takes the refusal that follows.
  virtual Result<void> cancel() = 0;
};

/// Tries `mechanisms` in order until one succeeds. After refused credentials at
/// most one more is tried, lest an account is locked: one that shows them in
/// another form, PLAIN or LOGIN before all others.
/// A server that fails to prove itself ends it: no weaker mechanism follows.
/// Fails with no_auth (refused), untrusted (no proof), protocol (no legal
/// challenge, more than 8 of them), or as the channel does.
Result<void> authenticate(
    SaslChannel& channel,
    const std::vector<std::unique_ptr<sasl::Mechanism>>& mechanisms);

}  // namespace mailtool::client
