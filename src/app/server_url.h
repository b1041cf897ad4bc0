/// \file
/// ServerUrl: SCHEME://[USER@]HOST[:PORT], as --server and the synopses take.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

struct ServerUrl {
  std::string scheme;  ///< "smtp", "smtps", "lmtp", "pop3", "pop3s", "imap"…
  std::string user;    ///< percent-decoded; empty when absent
  std::string host;    ///< as typed; IPv6 without brackets; empty for a socket
  std::uint16_t port = 0;  ///< the default of the scheme when not given
  std::string socket;      ///< lmtp:/path/to/socket
  [[nodiscard]] bool implicit_tls() const { return scheme.ends_with('s'); }
  /// Without password, as error messages name it: "pop3s://bob@mail.example".
  [[nodiscard]] std::string to_string() const;
};

/// True when `text` has the look of a server URL (so that an argument that
/// stands where URL may is told from a verb or a recipient).
[[nodiscard]] bool looks_like_url(std::string_view text);

/// Fails with usage: unknown scheme, a password in it, empty host, bad port,
/// octets that do not belong. `schemes` are those the command takes.
Result<ServerUrl> parse_server_url(std::string_view text,
                                   std::initializer_list<std::string_view> schemes);

}  // namespace mailtool::app
