// mailtool imap: the options that find and read messages.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kMessages = "Messages";

const Option kOptions[] = {
    {.name = "folder",
     .letter = 'f',
     .value = "FOLDER",
     .help = "the folder of the messages (default INBOX)",
     .kind = mailbox,
     .repeatable = true,
     .group = kMessages,
     .verbs = "search,list,get,move,copy,flag,delete"},
    {.name = "all-folders",
     .help = "search every folder",
     .group = kMessages,
     .verbs = "search"},
    {.name = "count",
     .help = "print the number of messages only",
     .group = kMessages,
     .verbs = "search"},
    {.name = "raw",
     .value = "'IMAP KEYS'",
     .help = "the search in IMAP's own words",
     .kind = text,
     .group = kMessages,
     .verbs = "search,list"},
    {.name = "exit-code",
     .help = "exit 1 when nothing matches",
     .group = kMessages,
     .verbs = "search"},
    {.name = "limit",
     .value = "N",
     .help = "at most the newest N",
     .kind = number,
     .group = kMessages,
     .verbs = "search,list"},
    {.name = "fields",
     .value = "FIELD,…",
     .help = "columns: uid,date,arrival,from,to,cc,subject,size,flags,"
             "message-id,thread-id,email-id,preview,saved,attachments,folder",
     .kind = text,
     .group = kMessages,
     .verbs = "list"},
    {.name = "headers",
     .help = "the header only",
     .group = kMessages,
     .verbs = "get",
     .rival = "piece"},
    {.name = "part",
     .value = "N",
     .help = "one MIME part, decoded: 2.1",
     .kind = text,
     .group = kMessages,
     .verbs = "get",
     .rival = "piece"},
    {.name = "text",
     .help = "the readable text",
     .group = kMessages,
     .verbs = "get",
     .rival = "piece"},
    {.name = "bytes",
     .value = "OFFSET:LENGTH",
     .help = "only so many octets from there",
     .kind = text,
     .group = kMessages,
     .verbs = "get"},
    {.name = "output",
     .letter = 'o',
     .value = "DIR",
     .help = "write each message to a file in DIR",
     .kind = folder,
     .group = kMessages,
     .verbs = "get"},
    {.name = "mark-seen",
     .help = "set \\Seen on what was got",
     .group = kMessages,
     .verbs = "get"},
};

}  // namespace

std::span<const Option> imap_reading_options() { return kOptions; }

}  // namespace mailtool::app
