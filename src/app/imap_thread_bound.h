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

/// Are `places` fewer than the folder had messages? \pre each has a UID
[[nodiscard]] bool leave_some_out(const client::SelectedMailbox& folder,
                                  const std::vector<imap::ThreadPlace>& places);

/// The messages that were there: all up to the last one, or, where `just_placed`,
/// those of `places` alone. Fails with protocol where nothing tells the last one.
/// \pre each of `places` has a UID
Result<imap::SequenceSet> threaded_messages(
    const client::SelectedMailbox& folder,
    const std::vector<imap::ThreadPlace>& places, bool just_placed);

/// Both must be met: `query` and `key`, which no word stands for.
[[nodiscard]] Query narrowed(Query query, imap::SearchKey key);

}  // namespace mailtool::app
