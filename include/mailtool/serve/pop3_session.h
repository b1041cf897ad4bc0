/// \file
/// A POP3 server's side of a connection: RFC 1939, with CAPA (2449), STLS
/// (2595), AUTH (5034), UTF8 (6856), TOP, UIDL and PIPELINING.
#pragma once

#include <memory>
#include <string>

#include "mailtool/serve/fault_hook.h"
#include "mailtool/serve/maildrop.h"
#include "mailtool/serve/session.h"
#include "mailtool/serve/users.h"

namespace mailtool::serve {

struct Pop3Settings {
  std::string host;       ///< how the server names itself
  bool starttls = false;  ///< can be had
  bool clear_text_login = false;
  std::size_t max_errors = 20;  ///< after which the server hangs up
};

/// Nothing is removed but by QUIT behind a login (the UPDATE state). All that
/// outlives the session is borrowed.
[[nodiscard]] std::unique_ptr<Session> make_pop3_session(
    const Pop3Settings& settings, Maildrops& maildrops, Users& users,
    FaultHook* faults = nullptr);

}  // namespace mailtool::serve
