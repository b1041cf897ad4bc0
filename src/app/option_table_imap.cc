// mailtool imap: its verbs and options, as the help and the parser see them.

#include "app/option_table.h"
#include "app/option_table_imap_watching.h"

namespace mailtool::app {
namespace {

const Verb kVerbs[] = {
    {"folders", "[PATTERN…]", "list the folders"},
    {"folder create", "NAME…", "create folders", 1},
    {"folder rename", "OLD NEW", "rename a folder", 2, 2},
    {"folder delete", "NAME…", "delete folders, and all that is in them", 1},
    {"folder subscribe", "NAME…", "put folders on the list of subscriptions",
     1},
    {"folder unsubscribe", "NAME…", "take them off it", 1},
    {"folder status", "NAME…", "count the messages of folders", 1},
    {"search", "[QUERY…]", "print the UIDs of the messages that match"},
    {"list", "[QUERY…]", "print a row a message"},
    {"get", "WHAT", "print messages, or parts of them", 1, 1},
    {"attachments", "WHAT", "list what is attached to messages, or save it", 1,
     1},
    {"move", "WHAT --to FOLDER", "move messages to another folder", 1, 1},
    {"copy", "WHAT --to FOLDER", "copy messages to another folder", 1, 1},
    {"flag", "±FLAG… WHAT", "set and clear flags: +seen -flagged", 2, SIZE_MAX,
     true},
    {"delete", "WHAT", "move messages to the trash folder", 1, 1},
    {"undo", "[NUMBER]", "take back the last move, copy or flag", 0, 1},
    {"append", "FOLDER [FILE…]", "put messages into a folder", 1},
    {"export", "FOLDER… --to maildir:DIR", "mirror folders in Maildirs", 1},
    {"import", "maildir:DIR… --to FOLDER",
     "put the messages of Maildirs into a folder, each once", 1},
    {"watch", "", "print a line for each thing that happens to messages", 0, 0},
    {"caps", "", "print what the server can do", 0, 0},
    {"quota", "", "print how much may lie there, and how much does", 0, 0},
    {"raw", "'COMMAND'…", "send commands of IMAP as they stand", 1},
    {"batch", "FILE", "run the verbs in FILE over one connection", 1, 1},
};

constexpr OptionTable kTables[] = {imap_folder_options, imap_reading_options,
                                   imap_changing_options,
                                   imap_mirror_options, imap_watching_options};

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
    {"mailtool imap export INBOX Archive 'Archive/*' --to maildir:backup",
     "mirror folders, and later what has changed"},
    {"mailtool imap watch --exec 'on-mail.sh {folder} {uid}'",
     "run a program for each new message"},
};

}  // namespace

const Command kImapCommand = {
    .name = "imap",
    .help = "list, search, read, move and flag mail on an IMAP server",
    .synopses = kSynopses,
    .tables = kTables,
    .verbs = kVerbs,
    .examples = kExamples,
    .talks_to_servers = true,
    .url_may_come_first = true,
};

}  // namespace mailtool::app
