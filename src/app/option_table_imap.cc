// mailtool imap: its verbs and options, as the help and the parser see them.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kFolders = "Folders";
constexpr std::string_view kMessages = "Messages";

const Verb kVerbs[] = {
    {"folders", "[PATTERN…]", "list the folders"},
    {"folder create", "NAME…", "create folders", 1},
    {"search", "[QUERY…]", "print the UIDs of the messages that match"},
    {"list", "[QUERY…]", "print a row a message"},
    {"get", "WHAT", "print messages, or parts of them", 1, 1},
    {"move", "WHAT --to FOLDER", "move messages to another folder", 1, 1},
    {"flag", "±FLAG… WHAT", "set and clear flags: +seen -flagged", 2, SIZE_MAX,
     true},
};

const Option kOptions[] = {
    {.name = "status",
     .help = "also count the messages of each folder",
     .group = kFolders,
     .verbs = "folders"},
    {.name = "subscribed",
     .help = "only subscribed folders",
     .group = kFolders,
     .verbs = "folders"},
    {.name = "folder",
     .letter = 'f',
     .value = "FOLDER",
     .help = "the folder of the messages (default INBOX)",
     .kind = mailbox,
     .repeatable = true,
     .group = kMessages,
     .verbs = "search,list,get,move,flag"},
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
     .help = "columns: uid,date,from,subject,size,flags",
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
    {.name = "to",
     .value = "FOLDER",
     .help = "the folder to move to",
     .kind = mailbox,
     .group = kMessages,
     .verbs = "move"},
    {.name = "create",
     .help = "create that folder where it is missing",
     .group = kMessages,
     .verbs = "move"},
    {.name = "expect",
     .value = "N|A..B",
     .help = "change nothing unless so many messages match",
     .kind = text,
     .group = kMessages,
     .verbs = "move,flag"},
};

constexpr std::string_view kSynopses[] = {
    "[OPTIONS] [URL] VERB [ARGS]",
};

constexpr Example kExamples[] = {
    {"mailtool imap folders --status", "the folders, and what is in them"},
    {"mailtool imap list is:unread newer:7d", "this week's unread messages"},
    {"mailtool imap move from:carol --to Archive --create",
     "move all from Carol"},
    {"mailtool imap search is:unread | mailtool imap flag +seen -",
     "mark exactly these as read"},
};

}  // namespace

const Command kImapCommand = {
    .name = "imap",
    .help = "list, search, read, move and flag mail on an IMAP server",
    .synopses = kSynopses,
    .options = kOptions,
    .verbs = kVerbs,
    .examples = kExamples,
    .talks_to_servers = true,
    .url_may_come_first = true,
};

}  // namespace mailtool::app
