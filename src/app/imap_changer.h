/// \file
/// What the verbs that change messages share: find, check, then change.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/exit_status.h"
#include "app/imap_change_report.h"
#include "app/imap_what.h"
#include "app/output.h"
#include "mailtool/client/imap_change.h"

namespace mailtool::app {

/// --expect N, --expect A..B: how many messages may be found.
struct Expected {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;

  [[nodiscard]] bool any() const { return least == 0 && most == UINT64_MAX; }
};

/// What one verb does to the messages of one folder, and how it is called.
struct Change {
  std::string verb;  ///< "move"
  std::string rest;  ///< " to Archive", for people
  std::string past;  ///< "moved"
  client::ImapChange what;
  /// Where it is not the same for all folders, or is to be confirmed: asked once
  /// the messages are found.
  std::function<Result<client::ImapChange>(const FoundMessages&)> decide;
};

/// All that can be wrong on the command line is found before anything is sent.
struct Prepared {
  What what;
  Expected expected;
};
/// From WHAT and --expect. Fails with usage or bad_input.
Result<Prepared> prepare(const Invocation& invocation,
                         const std::string& argument);

/// Nothing to do, and the server need not be asked.
[[nodiscard]] bool is_empty_set(const What& what);

class UndoLog;
/// Finds the messages, holds their number to --expect and changes them; with
/// --dry-run says what would be done. `undo` notes it, unless it is null.
ChangeTotals change_messages(const Invocation& invocation,
                             ImapSession& session, const Prepared& prepared,
                             const Change& change, Output& out, UndoLog* undo);

/// change_messages(), and then tells what became of each, also where the server
/// has refused in the midst or the line was lost. `plan` is asked again where
/// folders turn out to be called otherwise here, and nothing was changed.
using ChangePlanner = std::function<Result<Change>()>;
Result<ExitStatus> run_change(const Invocation& invocation,
                              ImapSession& session, const Prepared& prepared,
                              const ChangePlanner& plan, Output& out);
/// The same where is_empty_set().
Result<ExitStatus> nothing_to_do(const Invocation& invocation,
                                 const Prepared& prepared, const Change& change,
                                 Output& out);

}  // namespace mailtool::app
