/// \file
/// SearchQuestion: what ImapClient looks for in a mailbox, and what it finds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/imap/command.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/search_key.h"
#include "mailtool/imap/sequence_set.h"
#include "mailtool/imap/thread.h"

namespace mailtool::client {

/// The mailbox that is selected, as the server described it and has changed
/// since.
struct SelectedMailbox {
  imap::MailboxName name;
  std::uint32_t exists = 0;
  std::optional<std::uint32_t> uidvalidity;  ///< nullopt: none, or 0
  std::optional<std::uint32_t> uidnext;
  std::vector<std::string> flags;
  /// Those that outlive the session, "\\*" for keywords of any name; nullopt:
  /// the server has not said, and all are (RFC 9051 section 7.1).
  std::optional<std::vector<std::string>> permanent_flags;
  bool read_only = false;
  bool uid_not_sticky = false;
  std::optional<std::uint64_t> highest_modseq;  ///< nullopt: none, or 0
};

/// A UID SEARCH, or a UID SORT or UID THREAD (RFC 5256).
struct SearchQuestion {
  imap::SearchKey key;
  bool count_only = false;
  /// "REVERSE DATE": the criteria of a UID SORT, for servers that have it; ""
  /// for a UID SEARCH.
  std::string sort;
  bool save = false;  ///< "$" names what it finds (RFC 5182), where offered
  /// For a UID THREAD, of servers that have it.
  std::optional<imap::ThreadBy> thread = {};
};

/// What a search found; never the messages themselves.
struct SearchOutcome {
  imap::SequenceSet uids;  ///< empty when only the count was asked for
  std::uint64_t count = 0;
  std::vector<std::uint32_t> order;  ///< of UID SORT: each of `uids` once
  bool extended = false;             ///< told by ESEARCH
  /// Of UID THREAD: each of `uids` once.
  std::vector<imap::ThreadPlace> threads;
  /// Lower UIDs were not looked at: the server stopped there (RFC 9738).
  std::uint32_t looked_from = 1;
  bool in_pieces = false;  ///< by several commands: "$" does not name them all
};

/// A mailbox, and what each of the searches found in it. Of several mailboxes
/// the flags are not kept.
struct MailboxFound {
  SelectedMailbox mailbox;
  std::vector<SearchOutcome> searches;
};

/// A mailbox, and what one search found in it.
struct FoundInMailbox {
  SelectedMailbox mailbox;
  SearchOutcome search;
};

}  // namespace mailtool::client
