/// \file
/// UID sets on a pipe as JSON, a line a message, as `search --json` prints them.
#pragma once

#include <string_view>
#include <vector>

#include "app/imap_uid_set.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Reads
///
///     {"type":"message","folder":"INBOX","uidvalidity":7,"uid":4711}
///     {"type":"summary","exit":0,"matched":1}
///
/// where a filter such as jq may have dropped lines, changed their order or
/// added members: of a line only these are looked at, and each of them may stand
/// there once. The messages of one folder are of one uidvalidity. The summary is
/// the last line and has exit 0; "matched" is not held to the lines, a filter
/// keeps it. `allow_unterminated`: it may be missing. A line ends with LF.
/// Fails with bad_input, naming the line. Order of the result: of the first
/// message of each folder.
Result<std::vector<UidBlock>> read_uid_lines(std::string_view text,
                                             bool allow_unterminated);

}  // namespace mailtool::app
