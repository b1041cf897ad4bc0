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

// The first ones stand in the help of the command, all in that of their verbs.
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
    {"mailtool imap folder create Lunch 'Lunch/With Carol'",
     "a folder, and one within it"},
    {"mailtool imap folder rename Lunch Dinner",
     "and all that is in it, folders too"},
    {"mailtool imap folder delete Dinner --dry-run",
     "how many messages would be gone for good"},
    {"mailtool imap folder subscribe Archive @sent",
     "have mail programs show them"},
    {"mailtool imap folder unsubscribe Archive", "have them show it no more"},
    {"mailtool imap folder status INBOX @junk",
     "messages, unread ones, octets and name"},
    {"mailtool imap search --all-folders --count 'larger:5M older:1w'",
     "how much of that is where"},
    {"mailtool imap list --sort=-size --limit 10 --fields uid,size,from,subject",
     "the ten largest"},
    {"mailtool imap get 4711 --text", "the readable text of one message"},
    {"mailtool imap get from:carol --output carol",
     "all from Carol, a file each"},
    {"mailtool imap attachments newer:30d --glob '*.pdf' --save pdf",
     "save the PDF files of a month"},
    {"mailtool imap copy is:flagged --to Kept --create",
     "copy what is flagged"},
    {"mailtool imap flag +flagged -seen 'subject:lunch newer:2d'",
     "flag, and mark as unread"},
    {"mailtool imap delete 'from:cron older:30d' --dry-run",
     "how many would go to the trash"},
    {"mailtool imap undo --list", "what can be taken back"},
    {"mailtool imap append @drafts --flag draft < draft.eml", "keep a draft"},
    {"mailtool imap import maildir:backup/INBOX --to Restored --create",
     "put a mirror back"},
    {"mailtool imap caps", "is the server fast, and at what?"},
    {"mailtool imap quota", "how full the mailbox is"},
    {"mailtool imap raw 'STATUS INBOX (MESSAGES UNSEEN)'",
     "what the server answers"},
    {"mailtool imap batch tidy.txt --keep-going",
     "run the verbs in tidy.txt, one a line"},
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
