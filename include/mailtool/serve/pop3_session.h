/// \file
/// A POP3 server's side of a connection: RFC 1939, with CAPA (2449), STLS
/// (2595), AUTH (5034), UTF8 (6856), TOP, UIDL and PIPELINING.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "mailtool/serve/fault_hook.h"
#include "mailtool/serve/maildrop.h"
#include "mailtool/serve/session.h"
#include "mailtool/serve/users.h"

namespace mailtool::serve {

struct Pop3Settings {
  std::string host;       ///< how the server names itself
  bool starttls = false;  ///< is offered
  /// Asked when a client wants it: whether it can be had now. Empty: it can.
  std::function<bool()> tls_ready = {};
  bool clear_text_login = false;
  std::size_t max_errors = 20;  ///< after which the server hangs up
  /// No message goes but by a client's word: EXPIRE NEVER of RFC 2449.
  bool keeps_all = true;
  /// The longest silence of a client: RFC 1939 section 3.
  std::chrono::milliseconds patience{600'000};
  std::chrono::milliseconds before_login{120'000};
};

/// Nothing is removed but by QUIT behind a login (the UPDATE state). All that
/// outlives the session is borrowed.
[[nodiscard]] std::unique_ptr<Session> make_pop3_session(
    const Pop3Settings& settings, Maildrops& maildrops, Users& users,
    FaultHook* faults = nullptr);

/// Instead of a greeting where there are too many clients.
[[nodiscard]] std::string pop3_busy();

}  // namespace mailtool::serve
