// mailtool imap: the options that change messages, or add some.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kMessages = "Messages";

const Option kOptions[] = {
    {.name = "to",
     .value = "FOLDER",
     .help = "the folder to move, copy or import to; of export maildir:DIR",
     .kind = mailbox,
     .group = kMessages,
     .verbs = "move,copy,export,import"},
    {.name = "create",
     .help = "create that folder where it is missing",
     .group = kMessages,
     .verbs = "move,copy,append,import"},
    {.name = "flag",
     .value = "FLAG",
     .help = "set this flag on what is appended: seen, $Junk",
     .kind = text,
     .choices = "seen|flagged|answered|draft|deleted",
     .repeatable = true,
     .group = kMessages,
     .verbs = "append"},
    {.name = "date",
     .value = "DATE",
     .help = "the date of arrival, as 2026-11-21 or 2026-11-21T08:30",
     .kind = text,
     .group = kMessages,
     .verbs = "append"},
    {.name = "allow-marked",
     .help = "where the server can neither move nor expunge single messages: "
             "copy, mark the originals \\Deleted, leave them",
     .group = kMessages,
     .verbs = "move,delete"},
    {.name = "allow-unterminated",
     .help = "of -, JSON lines: take them without the summary that ends them",
     .group = kMessages,
     .verbs = "get,attachments,move,copy,flag,delete"},
    {.name = "permanent",
     .help = "delete for good, not into the trash folder",
     .group = kMessages,
     .verbs = "delete"},
    {.name = "yes",
     .help = "do not ask on a terminal before deleting for good",
     .group = kMessages,
     .verbs = "delete,folder delete"},
    {.name = "list",
     .help = "say what can be taken back, newest first",
     .group = kMessages,
     .verbs = "undo"},
    {.name = "expect",
     .value = "N|A..B",
     .help = "change nothing unless so many messages match",
     .kind = text,
     .group = kMessages,
     .verbs = "move,copy,flag,delete"},
};

}  // namespace

std::span<const Option> imap_changing_options() { return kOptions; }

}  // namespace mailtool::app
