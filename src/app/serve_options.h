/// \file
/// ServeOptions: what `mailtool serve` was asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/invocation.h"
#include "app/serve_names.h"
#include "app/serve_trial_options.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::app {

enum class ServeProtocol : std::uint8_t { smtp, submission, pop3, imap, dns };

/// A port to listen on.
struct ServeDoor {
  ServeProtocol protocol = ServeProtocol::smtp;
  std::string_view name;    ///< of its option, its field and its variable
  std::string_view scheme;  ///< of its URL
  net::Endpoint endpoint;   ///< port 0: any that is free
  bool implicit_tls = false;
  /// The port is this one and no other; else the next that is free.
  bool fixed = false;
};

/// Ports that are tried one after the other where the first is taken.
inline constexpr std::uint16_t kServePortTries = 20;

struct ServeUser {
  std::string name;    ///< a local-part, which is a folder's name, too
  std::string source;  ///< of the password; empty: any will do
};

struct ServeOptions {
  std::string root;                  ///< absolute; empty: a temporary one
  std::vector<std::string> domains;  ///< in ASCII, lower case; at least one
  std::vector<ServeUser> users;      ///< at least one
  std::vector<ServeDoor> doors;      ///< at least one
  bool tls = true;  ///< STARTTLS is offered, and there may be ports of TLS alone
  ServeTrialOptions trial;
  ServeNeighbours neighbours;  ///< whom the name server knows, too
  /// Whose MX records mail for other domains follows; nullopt: that of the name
  /// server among the doors, where there is one.
  std::optional<net::Endpoint> dns_server;
  std::uint16_t mx_port = 0;  ///< 0: that of SMTP among the doors
  bool until_eof = false;     ///< serves as long as there is standard input
  std::vector<std::string> program;  ///< serves as long as it runs; may be empty

  [[nodiscard]] bool has(ServeProtocol protocol) const;
  /// Mail of users for other domains is taken. Then there is SMTP, too: where
  /// the reports on it come in.
  [[nodiscard]] bool relays() const;
  /// Those whose mail is taken: `domains`, and localhost.
  [[nodiscard]] std::set<std::string> own_domains() const;
};

/// "smtp", "imap"…: the servers that there are, their options by name.
[[nodiscard]] std::vector<std::string_view> serve_door_names();

/// Fails with usage, or config where no folder can be named.
Result<ServeOptions> read_serve_options(const Invocation& invocation);

}  // namespace mailtool::app
