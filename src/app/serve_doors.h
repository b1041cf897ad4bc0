/// \file
/// The ports of a server: opened, and told of.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/output.h"
#include "app/serve_options.h"
#include "app/serve_root.h"
#include "mailtool/net/datagram.h"
#include "mailtool/net/listener.h"

namespace mailtool::app {

/// Where a client can reach what listens at `address`: that itself, or, where
/// it listens at all addresses, the first of this machine that others can
/// reach.
[[nodiscard]] net::IpAddress reachable(const net::IpAddress& address);

struct OpenDoor {
  ServeDoor door;  ///< with the port that it has
  net::Listener listener;
  std::optional<net::DatagramServer> datagrams;  ///< of a name server
  /// "imap://127.0.0.1:2143", at a reachable() address.
  [[nodiscard]] std::string url() const;
};

/// One for each of `options.doors`, in their order: that a client may connect,
/// and be kept waiting. Fails as net::Listener::open().
Result<std::vector<OpenDoor>> open_doors(const ServeOptions& options);

/// What a program that is run beside the servers finds in its environment:
/// MAIL_HOST, MAIL_SMTP_PORT… Those of servers that are off are empty.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> variables(
    const std::vector<OpenDoor>& doors, const ServeOptions& options,
    const ServeRoot& root);

/// The line that says that clients may come.
Result<void> write_ready(const std::vector<OpenDoor>& doors,
                         const ServeOptions& options, const ServeRoot& root,
                         Output& out);

}  // namespace mailtool::app
