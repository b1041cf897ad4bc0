/// \file
/// Removal: DELE of what is safe, and QUIT.
#pragma once

#include <cstdint>
#include <vector>

#include "app/fetch_receiver.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::app {

/// The messages that may go: had by every destination of the run from us, and
/// let go by the rules. A message known is one of them as the plan says; one
/// that was fetched in this run, when it is in every journal.
[[nodiscard]] std::vector<std::uint32_t> deletable(const FetchWork& work);

/// DELE and QUIT in one flight, then forgets what is gone. What the server
/// would not delete stays known, and is told (temp_fail). Where the outcome is
/// not known all stays known: what is listed again is deleted then.
Result<void> remove_from_server(FetchWork& work, client::Pop3Client& client,
                                const std::vector<std::uint32_t>& numbers);

/// True when QUIT deletes nothing but what is in every journal: servers with
/// EXPIRE 0 (RFC 2449 section 6.7) delete whatever was retrieved.
[[nodiscard]] bool may_quit(const FetchWork& work,
                            const client::Pop3Client& client);

/// QUIT without deletions, where it may be sent. Nothing hangs on it: fails
/// only when the server plainly says so.
Result<void> leave(const FetchWork& work, client::Pop3Client& client);

}  // namespace mailtool::app
