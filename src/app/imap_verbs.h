/// \file
/// The verbs of `mailtool imap`. Each takes the words behind it.
#pragma once

#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/output.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

using Words = std::vector<std::string>;

Result<ExitStatus> imap_folders(const Invocation& invocation,
                                const Words& words, Output& out);
/// create, rename, delete, subscribe, unsubscribe, status.
Result<ExitStatus> imap_folder(const Invocation& invocation, const Words& words,
                               Output& out);
Result<ExitStatus> imap_search(const Invocation& invocation, const Words& words,
                               Output& out);
Result<ExitStatus> imap_list(const Invocation& invocation, const Words& words,
                             Output& out);
Result<ExitStatus> imap_get(const Invocation& invocation, const Words& words,
                            Output& out);
Result<ExitStatus> imap_attachments(const Invocation& invocation,
                                    const Words& words, Output& out);
Result<ExitStatus> imap_move(const Invocation& invocation, const Words& words,
                             Output& out);
Result<ExitStatus> imap_copy(const Invocation& invocation, const Words& words,
                             Output& out);
Result<ExitStatus> imap_flag(const Invocation& invocation, const Words& words,
                             Output& out);
Result<ExitStatus> imap_delete(const Invocation& invocation, const Words& words,
                               Output& out);
Result<ExitStatus> imap_undo(const Invocation& invocation, const Words& words,
                             Output& out);
Result<ExitStatus> imap_append(const Invocation& invocation, const Words& words,
                               Output& out);
Result<ExitStatus> imap_import(const Invocation& invocation, const Words& words,
                               Output& out);
Result<ExitStatus> imap_export(const Invocation& invocation, const Words& words,
                               Output& out);
Result<ExitStatus> imap_watch(const Invocation& invocation, const Words& words,
                              Output& out);
Result<ExitStatus> imap_caps(const Invocation& invocation, const Words& words,
                             Output& out);

Result<ExitStatus> imap_quota(const Invocation& invocation, const Words& words,
                              Output& out);
Result<ExitStatus> imap_raw(const Invocation& invocation, const Words& words,
                            Output& out);
/// Each line of a file is a verb; all on one connection.
Result<ExitStatus> imap_batch(const Invocation& invocation, const Words& words,
                              Output& out);

/// Runs the verb that the arguments begin with. With --json, one that fails has
/// a summary as well.
Result<ExitStatus> run_imap_verb(const Invocation& invocation, Output& out);

/// {"type":"summary","exit":N}: the last line with --json.
Result<void> write_summary(const Invocation& invocation, Output& out,
                           ExitStatus status);

}  // namespace mailtool::app
