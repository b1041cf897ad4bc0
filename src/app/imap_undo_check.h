/// \file
/// May one part of a change be taken back now? The server is asked.
#pragma once

#include "app/imap_session.h"
#include "app/imap_undo_record.h"

namespace mailtool::app {

/// Looks for the originals of what was copied, or cut off in the midst of a
/// move. Of a copy they all have to be there: fails with unsupported, for good.
/// Of a move that was cut off none may be there, for the server may yet remove
/// them: fails with deferred. Of all other parts nothing is asked.
Result<void> check_undo(ImapSession& session, const UndoPart& part);

/// What of `part` is to be taken back: of a move that was refused in its midst
/// those whose originals are there no more, as `moved`; stderr says where the
/// copies of the others stay. All other parts are as they were. Fails as
/// find().
Result<UndoPart> part_left(ImapSession& session, const UndoPart& part);

}  // namespace mailtool::app
