/// \file
/// --explain: what may be sent beside the commands told, as the server answers.
#pragma once

#include "app/imap_explain.h"
#include "app/imap_session.h"

namespace mailtool::app {

/// Where folders were named that the server may call otherwise: their look-up.
/// \pre the names were given to ImapSession::folder()
Result<void> note_names(ImapSession& session, Explanation& explanation);

/// Where FETCH may bring much and --compress is auto: COMPRESS. To be called
/// once all commands are told.
Result<void> note_compression(ImapSession& session, Explanation& explanation);

}  // namespace mailtool::app
