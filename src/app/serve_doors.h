/// \file
/// The ports of a server: opened, and told of.
#pragma once

#include <string>
#include <vector>

#include "app/output.h"
#include "app/serve_options.h"
#include "mailtool/net/listener.h"

namespace mailtool::app {

struct OpenDoor {
  ServeDoor door;  ///< with the port that it has
  net::Listener listener;
  /// "imap://127.0.0.1:2143"
  [[nodiscard]] std::string url() const;
};

/// One for each of `options.doors`, in their order: that a client may connect,
/// and be kept waiting. Fails with unreachable.
Result<std::vector<OpenDoor>> open_doors(const ServeOptions& options);

/// The line that says that clients may come.
Result<void> write_ready(const std::vector<OpenDoor>& doors,
                         const ServeOptions& options, const std::string& root,
                         Output& out);

}  // namespace mailtool::app
