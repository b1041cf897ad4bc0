/// \file
/// Which changes go out in the flight of their search.
#pragma once

#include <optional>

#include "app/imap_changer.h"
#include "app/imap_session.h"

namespace mailtool::app {

/// The search whose result the server is to keep for the change behind it, where
/// nothing has to be looked at between the two; nullopt where something has.
/// Fails as ImapClient::capabilities().
/// \pre ImapClient::keep_results() is on; `target` is the only one
Result<std::optional<imap::SearchKey>> key_at_once(ImapSession& session,
                                                   const Prepared& prepared,
                                                   const Change& change,
                                                   const Target& target);

}  // namespace mailtool::app
