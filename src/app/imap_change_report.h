/// \file
/// What a change did in each folder, as lines for people and as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/output.h"
#include "mailtool/client/imap_change.h"

namespace mailtool::app {

/// What became of the messages of one folder.
struct FolderChange {
  imap::MailboxName folder;
  std::uint32_t uidvalidity = 0;
  std::uint64_t matched = 0;
  std::optional<imap::MailboxName> to;
  client::ChangeReport report;
};

/// What became of all.
struct ChangeTotals {
  std::vector<FolderChange> folders;
  std::optional<Error> stopped_by;  ///< names the server
  /// The line was lost before the messages were known: nothing is certain.
  bool lost = false;
  /// A folder turned out to be called otherwise here: nothing was done.
  bool renamed = false;
  /// The record that `undo` takes it back by.
  std::optional<std::uint64_t> undo;

  [[nodiscard]] std::uint64_t matched() const;
  [[nodiscard]] std::uint64_t changed() const;
};

/// The status of the run: that of what stopped it, but temp_fail where the
/// outcome of something is not known.
[[nodiscard]] ExitStatus exit_status(const ChangeTotals& totals);

/// Tells it on stderr: a line on a terminal, and where the run was stopped a
/// line for each fate, with the UIDs. With --json: a `change` object a folder
/// and the summary. `verb` is "move", `past` "moved", `rest` " to Archive". With
/// an empty `past` the caller has said how many.
struct ChangeWords {
  std::string verb;
  std::string past;
  std::string rest;
  std::optional<imap::MailboxName> to;
};
Result<void> report_change(const Invocation& invocation, Output& out,
                           const ChangeWords& words,
                           const ChangeTotals& totals);

/// The set as a line on stderr shows it: the first thousand octets.
[[nodiscard]] std::string shown_set(const imap::SequenceSet& uids);
/// "1 message", "2 messages".
[[nodiscard]] std::string count_of(std::uint64_t count);

}  // namespace mailtool::app
