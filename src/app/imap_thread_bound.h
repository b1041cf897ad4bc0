/// \file
/// What may be said to be in no thread: only messages that were there when the
/// threads were made.
#pragma once

#include <vector>

#include "app/imap_query.h"
#include "mailtool/client/imap_search.h"

namespace mailtool::app {

/// Is a thread: term below a "not"? A reply that comes after the threads were
/// made would then be found, as it is in none of them.
[[nodiscard]] bool negates_threads(const Query& query);

/// The messages that were there: all up to the last one, or, where `places` are
/// fewer than the folder had, just those. Fails with protocol where nothing
/// tells the last one. \pre each of `places` has a UID
Result<imap::SequenceSet> threaded_messages(
    const client::SelectedMailbox& folder,
    const std::vector<imap::ThreadPlace>& places);

/// Both must be met: `query` and `key`, which no word stands for.
[[nodiscard]] Query narrowed(Query query, imap::SearchKey key);

}  // namespace mailtool::app
