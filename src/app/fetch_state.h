/// \file
/// FetchState: the lock and the journals of one maildrop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/fetch_options.h"
#include "mailtool/store/journal.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {

/// What is remembered of a maildrop between runs, in the state folder:
/// IDENTITY.lock, and IDENTITY.HASH.journal for each destination.
struct FetchState {
  std::optional<store::LockFile> lock;  ///< none where nothing may change
  /// One a destination, in their order. Where there is no destination (--list
  /// alone), one for each journal found.
  std::vector<std::unique_ptr<store::Journal>> journals;
};

/// The identity of a maildrop: user@host, the host in lower case, whatever the
/// scheme, the port or the account's name.
[[nodiscard]] std::string maildrop_identity(std::string_view user,
                                            const ServerUrl& url);

/// Locks, unless options.only_looks(), and reads the journals. Fails with busy
/// (another run holds the lock), interrupted, cannot_create, local_io, config.
Result<FetchState> open_fetch_state(const FetchOptions& options,
                                    const std::string& identity);

}  // namespace mailtool::app
