/// \file
/// Error: why an operation failed, in one line, free of secrets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool {

/// Why an operation failed. Names the cause, never the remedy or exit status:
/// retry policy and exit statuses are decided in app/ (see exit_status.h).
enum class ErrorKind : std::uint8_t {
  // Caused here, before or beside any server.
  usage,          ///< the command line cannot be obeyed
  config,         ///< the configuration is missing, unreadable or wrong
  bad_input,      ///< the message, mailbox or UID set given to us is malformed
  no_input,       ///< an input file, folder or message does not exist
  cannot_create,  ///< an output cannot be created
  local_io,       ///< reading or writing locally failed (disk full, EIO)
  system,         ///< no process, descriptor or memory to be had
  busy,           ///< another run holds the lock
  // Caused by the network.
  no_host,       ///< the name does not exist or has no address (authoritative)
  unresolved,    ///< no usable answer from DNS; asking again may help
  unreachable,   ///< no address accepted a connection
  timed_out,     ///< a deadline passed
  disconnected,  ///< the peer closed in mid-dialogue, or TLS was truncated
  // Caused by, or decided about, the server.
  insecure,         ///< going on would break the TLS policy
  untrusted,        ///< the certificate or server signature proves nothing
  protocol,         ///< the server broke the protocol, or one of our limits
  unsupported,      ///< the server lacks a capability we must have
  no_auth,          ///< credentials refused, or no mechanism may be used
  no_permission,    ///< logged in, but not allowed to do this
  no_recipient,     ///< the server knows no such mailbox (5.1.x, 550)
  content_refused,  ///< the server will not have this message (5.6.x, 552)
  no_such_item,     ///< the server has no such folder or message
  deferred,         ///< the server said: not now (4yz, [UNAVAILABLE])
  rejected,         ///< the server said: no (5yz, NO, -ERR)
  // Caused by us or by whoever runs us.
  interrupted,  ///< a signal asked us to stop
  internal,     ///< a bug; the text says which assumption broke
};

/// An expected failure. Cheap to move, printable as one line, free of secrets.
struct Error {
  ErrorKind kind;
  std::string what;       ///< our words: lower case, no full stop, no newline
  std::string step = {};  ///< what we were doing: "RCPT TO:<b@example.org>"
  std::string server_said = {};  ///< their words, made printable; often empty
  std::string hint = {};         ///< what to do about it; often empty

  /// Names the step that failed, unless a deeper frame already did.
  [[nodiscard]] Error at(std::string_view doing) &&;
  /// Adds what the user can do, unless a deeper frame already said.
  [[nodiscard]] Error with_hint(std::string_view advice) &&;
  /// "STEP: WHAT: server said: TEXT", leaving out what is empty. The hint is
  /// a line of its own and not part of it.
  [[nodiscard]] std::string one_line() const;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace mailtool
