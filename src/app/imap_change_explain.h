/// \file
/// --explain of the verbs that change messages.
#pragma once

#include "app/imap_changer.h"
#include "app/imap_session.h"

namespace mailtool::app {

/// Prints what run_change() would send, and which part of the query would be
/// told here. Nothing is selected, searched for or changed. Fails as
/// run_change() would where the server can make the change in no way.
Result<ExitStatus> explain_change(const Invocation& invocation,
                                  ImapSession& session,
                                  const Prepared& prepared,
                                  const Change& change, Output& out);
/// The same where is_empty_set(): the server is not even asked.
Result<ExitStatus> explain_nothing(const Invocation& invocation, Output& out);

}  // namespace mailtool::app
