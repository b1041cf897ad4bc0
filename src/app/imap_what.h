/// \file
/// WHAT: the messages a verb is about, as UIDs, a query, or a set on stdin.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/imap_query.h"
#include "app/imap_session.h"
#include "app/imap_uid_set.h"
#include "app/invocation.h"
#include "mailtool/imap/thread.h"

namespace mailtool::app {

/// What to look for, in which folders. Made before anything is sent.
struct What {
  Query query;                            ///< where no UIDs are given
  std::optional<imap::SequenceSet> uids;  ///< as an argument
  std::vector<UidBlock> blocks;           ///< from stdin
  bool from_pipe = false;
  std::vector<std::string> folders;  ///< -f; one at least unless from_pipe
  bool listed = false;  ///< `folders` are the server's own names, from LIST
};

/// From the one argument WHAT. "-" reads all of stdin. Fails with usage or
/// bad_input.
Result<What> parse_what(const Invocation& invocation,
                        const std::string& argument);
/// From the words of a QUERY, and --raw.
Result<What> parse_search(const Invocation& invocation,
                          const std::vector<std::string>& words);

/// One folder to work on.
struct Target {
  imap::MailboxName folder;
  std::optional<imap::SequenceSet> uids;     ///< those asked for by UID
  std::optional<std::uint32_t> uidvalidity;  ///< that they are of
};

/// The folders of `what`, each once, roles looked up.
Result<std::vector<Target>> targets(ImapSession& session, const What& what);

struct FoundMessages {
  imap::MailboxName folder;
  std::uint32_t uidvalidity = 0;
  imap::SequenceSet uids;
  std::uint64_t count = 0;  ///< also where only the count was asked for
  /// Where they were to be sorted: the UIDs in order, those that are gone by
  /// now left out.
  std::vector<std::uint32_t> order;
  /// Likewise where threads were to be made of them.
  std::vector<imap::ThreadPlace> threads;
};

/// Opens the folder and finds the messages, in one flight where the server can
/// tell exactly (see imap_find.h, and there for many folders at once). Fails
/// with bad_input when the UIDVALIDITY is not that of the set on stdin, with
/// no_such_item when of the UIDs asked for none is there, with no_permission
/// when it is to be written to and cannot.
Result<FoundMessages> find(ImapSession& session, const What& what,
                           const Target& target, bool read_only,
                           bool count_only = false);

}  // namespace mailtool::app
