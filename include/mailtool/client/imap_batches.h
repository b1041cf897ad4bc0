/// \file
/// fetch_batches(): messages in an order of one's own, some at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

/// Most messages of one batch: what one line names, however far apart they are.
inline constexpr std::size_t kBatch = 200;

struct FetchBatches {
  /// All of them together: what COMPRESS is weighed by.
  std::uint64_t messages = 0;
  /// Of the next batch, at most kBatch, none of them in another; empty for no
  /// more.
  std::function<imap::SequenceSet()> next;
  /// What came of it, in the order of next(), what came incomplete with a
  /// warning. Not within it may the client be called: the next are on their way.
  /// An Error ends the session.
  std::function<Result<void>(std::vector<imap::FetchData>&)> take;
};

/// FETCH of batch after batch, without a wait between them; one is held, as long
/// as the server answers in order. Where one is refused no more are asked for,
/// and what came of it, and of those in flight, is taken before that is the
/// Error; NO [EXPUNGEISSUED] is no refusal, of messages that have gone. Fails as
/// ImapClient::fetch() does, as `take` does, and with protocol where more comes
/// out of order than can be held.
/// \pre the folder is selected
Result<void> fetch_batches(ImapClient& client, const FetchItems& items,
                           const FetchBatches& batches);

}  // namespace mailtool::client
