/// \file
/// thread:4711 in a query: the messages that are in a thread with another one.
/// They are looked up in the folder first; the query then names them by UID.
#pragma once

#include <optional>
#include <vector>

#include "app/imap_explain.h"
#include "app/imap_query.h"
#include "app/imap_session.h"

namespace mailtool::app {

/// Has `query` a thread: term?
[[nodiscard]] bool names_threads(const Query& query);

/// `query` with each of its thread: terms in place of which stands what finds
/// its messages: `keys`, in their order.
[[nodiscard]] Query with_threads(Query query,
                                 const std::vector<imap::SearchKey>& keys);

/// A query without thread: terms, for one folder. Where a term was below a
/// "not", only what was there meanwhile meets it; see imap_thread_bound.h.
struct ThreadsLookedUp {
  Query query;
  std::uint32_t uidvalidity = 0;  ///< that its UIDs are of
};

/// Opens `folder`, has its threads made by the server where it can, else makes
/// them here, by References and In-Reply-To alone, and looks for what the terms
/// name. Below a "not" they are made here too where the server's leave messages
/// out; of what is still in none, only a folder that is opened `read_only` takes
/// each for a thread of its own. The inner Error is the folder's, the outer one the session's.
Result<Result<ThreadsLookedUp>> look_up_threads(
    ImapSession& session, const Query& query, const imap::MailboxName& folder,
    bool read_only);

/// What look_up_threads() would send; the words of the terms whose threads would
/// be made here.
Result<std::vector<std::string>> explain_threads(
    ImapSession& session, const Query& query, const imap::MailboxName& folder,
    bool read_only, Explanation& explanation);
/// The query that would follow, with UIDs that are not known.
[[nodiscard]] Query with_unknown_threads(const Query& query);

}  // namespace mailtool::app
