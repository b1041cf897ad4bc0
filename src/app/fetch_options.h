/// \file
/// FetchOptions: what the command line of fetch asks for, checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/destination_name.h"
#include "app/import_state.h"
#include "app/invocation.h"
#include "app/server_url.h"

namespace mailtool::app {

struct FetchOptions {
  using Clock = std::chrono::steady_clock;
  /// A message is wanted by some of at most so many destinations.
  static constexpr std::size_t kMaxDestinations = 8;

  std::string account;  ///< its name in the config file; empty: none
  ServerUrl url;
  bool remove = false;  ///< --delete, or one of the rules for it:
  std::optional<std::chrono::seconds> delete_after;  ///< of the first sight
  std::optional<std::uint64_t> keep_last;            ///< messages
  std::vector<DestinationName> destinations;
  bool list = false;
  bool adopt = false;
  bool rebase = false;
  bool all = false;
  bool retry = false;  ///< also what was set aside
  std::vector<ImportFile> imports;              ///< --import-state
  std::optional<ImportAccount> import_account;  ///< none: that of the URL
  bool dry_run = false;
  bool headers_only = false;
  bool raw_crlf = false;  ///< lines end as they came
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> max_size;
  std::string state_folder;
  std::chrono::milliseconds wait{0};
  std::optional<Clock::time_point> end;  ///< of the run: --deadline

  /// True when nothing may change, here or on the server.
  [[nodiscard]] bool only_looks() const { return list || dry_run; }
};

/// Fails with usage (a contradiction, no server, no destination) or config (no
/// place for the state).
Result<FetchOptions> fetch_options(const Invocation& invocation);

}  // namespace mailtool::app
