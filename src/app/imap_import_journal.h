/// \file
/// ImportJournal: what runs of `imap import` have brought to one mailbox.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "app/invocation.h"
#include "mailtool/base/result.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/store/journal.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {

/// One a mailbox: what was imported into another of this name counts for
/// nothing.
struct ImportJournal {
  std::optional<store::LockFile> lock;  ///< not with --dry-run
  std::unique_ptr<store::Journal> journal;
  bool recent = false;  ///< an earlier run wrote to it within the last hour

  /// Only reads with --dry-run. Fails where another import is at it, as Journal
  /// does, and where there is no folder for it.
  static Result<ImportJournal> open(const Invocation& invocation,
                                    const imap::MailboxName& to,
                                    std::uint32_t uidvalidity);
};

}  // namespace mailtool::app
