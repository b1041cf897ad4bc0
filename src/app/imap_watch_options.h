/// \file
/// WatchOptions: what `mailtool imap watch` was asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/invocation.h"
#include "app/server_url.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

enum class WatchEventKind : std::uint8_t { fresh, flags, expunged };

/// "new", "flags", "expunged".
[[nodiscard]] std::string_view name_of(WatchEventKind kind);

struct WatchOptions {
  std::vector<std::string> folders;  ///< -f, each once; INBOX without any
  bool fresh = true, flags = true, expunged = true;  ///< --events
  bool once = false;
  std::chrono::milliseconds interval{60'000};  ///< where there is no IDLE
  std::vector<std::string> program;            ///< --exec; empty: none
  std::string place;  ///< folder of the state files; empty: none are kept
  std::string account;  ///< user@host: whose folders they are

  [[nodiscard]] bool wants(WatchEventKind kind) const;

  /// Fails with usage, config (no place for the state) or cannot_create (no
  /// such program).
  static Result<WatchOptions> read(const Invocation& invocation,
                                   const ServerUrl& url);
};

}  // namespace mailtool::app
