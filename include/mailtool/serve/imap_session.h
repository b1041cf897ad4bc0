/// \file
/// An IMAP server's side of a connection: RFC 9051 and RFC 3501, with LITERAL+
/// (7888), IDLE (2177), NAMESPACE (2342), UIDPLUS (4315), MOVE (6851), ESEARCH
/// (4731), SPECIAL-USE and CREATE-SPECIAL-USE (6154), LIST-EXTENDED (5258),
/// LIST-STATUS (5819), CHILDREN (3348), STATUS=SIZE (8438), UNSELECT (3691),
/// ENABLE (5161), ID (2971), SASL-IR (4959), BINARY (3516), MULTIAPPEND (3502),
/// APPENDLIMIT (7889), SEARCHRES (5182), PARTIAL (9394) and WITHIN (5032).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mailtool/serve/fault_hook.h"
#include "mailtool/serve/mailbox.h"
#include "mailtool/serve/session.h"
#include "mailtool/serve/users.h"

namespace mailtool::serve {

struct ImapSettings {
  std::string host;       ///< how the server names itself
  bool starttls = false;  ///< is offered
  /// Asked when a client wants it: whether it can be had now. Empty: it can.
  std::function<bool()> tls_ready = {};
  bool clear_text_login = false;
  std::uint64_t max_octets = 64 * 1024 * 1024;  ///< of a message
  std::size_t max_errors = 20;  ///< after which the server hangs up
  /// Seconds since 1970, for OLDER and YOUNGER of SEARCH (RFC 5032).
  std::function<std::int64_t()> now = {};
  /// The longest silence of a client: RFC 9051 section 5.4.
  std::chrono::milliseconds patience{1'800'000};
  std::chrono::milliseconds before_login{120'000};
};

/// All that outlives the session is borrowed.
[[nodiscard]] std::unique_ptr<Session> make_imap_session(
    const ImapSettings& settings, MailStore& store, Users& users,
    FaultHook* faults = nullptr);

/// Instead of a greeting where there are too many clients.
[[nodiscard]] std::string imap_busy();

}  // namespace mailtool::serve
