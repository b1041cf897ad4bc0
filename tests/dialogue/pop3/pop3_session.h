/// \file
/// play(): a whole session with a server, and what its user would learn.
#pragma once

#include <string>

#include "mailtool/client/pop3_client.h"

namespace mailtool::client {

enum class Tls { off, upgrade, implicit };

struct Session {
  Tls tls = Tls::implicit;
  bool asks_first = false;  ///< CAPA before anything else
  std::string user = "bob";
  bool token = false;  ///< an OAuth token and no password
};

/// Logs in, fetches all messages and deletes them: "1: one|; deleted; ok", CRLF
/// as "|"; or what came before the error that ended it: its kind and its line.
std::string play(Pop3Client& client, Stream& server, const Session& how);

}  // namespace mailtool::client
