/// \file
/// MessageFiles: messages of a folder on a server into files, each whole or not
/// at all, many in one flight.
#pragma once

#include <functional>
#include <string>

#include "app/download_folder.h"
#include "app/exit_status.h"
#include "app/fetch_progress.h"
#include "app/imap_session.h"
#include "app/imap_what.h"

namespace mailtool::app {

/// "INBOX-7.eml": the folder as mirror_folder_name() has it, in at most 160
/// octets, so that two folders never share a name.
[[nodiscard]] std::string message_file_name(const std::string& folder,
                                            std::uint32_t uid,
                                            const std::string& suffix);

/// The file at `path` is not what would be put there.
[[nodiscard]] Error other_file_at(const std::string& path);

/// A file that has its message, and is on the disk.
using MessageSaved =
    std::function<Result<void>(std::uint32_t uid, const std::string& name)>;

/// Downloads `what`, whole or its headers, to "FOLDER-UID" and
/// `suffix`. A message whose file is there is not downloaded again; where that
/// is of another message, it is left alone and reported. A whole message of a
/// mebibyte and more that was cut off before is gone on with. What has gone, or
/// cannot be had, is reported, and part of the status. `saved` is told of each
/// message whose file is there in the end, `progress` of what comes.
Result<ExitStatus> get_into_files(ImapSession& session,
                                  const FoundMessages& what,
                                  const client::BodyQuestion& question,
                                  const std::string& suffix,
                                  DownloadFolder& folder,
                                  const MessageSaved& saved,
                                  FetchProgress& progress);

}  // namespace mailtool::app
