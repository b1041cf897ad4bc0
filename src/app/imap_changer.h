/// \file
/// What the verbs that change messages share: find, check, then change.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/exit_status.h"
#include "app/imap_what.h"
#include "app/output.h"

namespace mailtool::app {

/// --expect N, --expect A..B: how many messages may be found.
struct Expected {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};

/// What one verb does to the messages of one folder, and how it is called.
struct Change {
  std::string verb;  ///< "move"
  std::string rest;  ///< " to Archive", for people
  std::string past;  ///< "moved"
  std::optional<imap::MailboxName> to;
  std::function<Result<client::MoveOutcome>(const imap::SequenceSet&)> apply;
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

/// Finds the messages, holds their number to --expect, changes them and tells.
/// With --dry-run says what would be done.
Result<ExitStatus> run_change(const Invocation& invocation,
                              ImapSession& session, const Prepared& prepared,
                              const Change& change, Output& out);
/// The same where is_empty_set().
Result<ExitStatus> nothing_to_do(const Invocation& invocation,
                                 const Prepared& prepared, const Change& change,
                                 Output& out);

/// "1 message", "2 messages".
[[nodiscard]] std::string count_of(std::uint64_t count);

/// "seen" and "\Seen" are \Seen; "$Junk" a keyword. nullopt for what is no
/// flag.
[[nodiscard]] std::optional<std::string> flag_name(std::string_view word);

}  // namespace mailtool::app
