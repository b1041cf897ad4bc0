/// \file
/// An SMTP server's side of a connection: RFC 5321, with PIPELINING (2920),
/// SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), CHUNKING (3030), DSN (3461),
/// ENHANCEDSTATUSCODES (2034), STARTTLS (3207) and AUTH (4954).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mailtool/serve/fault_hook.h"
#include "mailtool/serve/session.h"
#include "mailtool/serve/smtp_backend.h"
#include "mailtool/serve/users.h"

namespace mailtool::serve {

struct SmtpSettings {
  std::string host;               ///< how the server names itself
  bool submission = false;        ///< takes mail of users alone (RFC 6409)
  bool starttls = false;  ///< is offered
  /// Asked when a client wants it: whether it can be had now. Empty: it can.
  std::function<bool()> tls_ready = {};
  bool clear_text_login = false;  ///< AUTH is offered without TLS
  std::uint64_t max_octets = 64 * 1024 * 1024;  ///< of a message
  std::size_t max_recipients = 1000;            ///< of a message
  /// Commands in error after which the server hangs up; those before a message
  /// that was taken do not count, nor what fails here for a while.
  std::size_t max_errors = 20;
  /// The same of recipients that are refused: a list may have many.
  std::size_t max_refused = 100;
  /// The longest silence of a client: RFC 5321 section 4.5.3.2.7.
  std::chrono::milliseconds patience{300'000};
  std::chrono::milliseconds before_login{120'000};  ///< for submission
};

/// What is not legal is refused, never mended: a line ended by LF alone, a bare
/// CR or LF in a message (which another server could take for its end). All
/// that outlives the session is borrowed. `peer`: the client's address in
/// digits.
[[nodiscard]] std::unique_ptr<Session> make_smtp_session(
    const SmtpSettings& settings, SmtpBackend& backend, Users& users,
    FaultHook* faults = nullptr, std::string peer = {});

/// Instead of a greeting where there are too many clients.
[[nodiscard]] std::string smtp_busy(const SmtpSettings& settings);

}  // namespace mailtool::serve
