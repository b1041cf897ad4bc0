// mailtool fetch: its options, as the help and the parser see them.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kRemoval = "What becomes of it on the server";
constexpr std::string_view kFetch = "What is fetched, and where to";
constexpr std::string_view kLook = "Looking, and beginning";
constexpr std::string_view kAccounts = "Accounts, state and time";

const Option kOptions[] = {
    {.name = "to",
     .value = "DEST",
     .help = "where to: maildir:PATH, mbox:PATH, dir:PATH, pipe:PROGRAM ARGS, "
             "lmtp:/SOCKET, lmtp://HOST:PORT, or - for stdout",
     .kind = destination,
     .repeatable = true,
     .group = kFetch,
     .configurable = true},
    {.name = "rcpt",
     .value = "ADDR",
     .help = "the recipient for lmtp: destinations",
     .kind = text,
     .group = kFetch,
     .configurable = true},
    {.name = "raw-crlf",
     .help = "keep line ends as they came, CRLF, instead of LF",
     .group = kFetch,
     .configurable = true},
    {.name = "all",
     .help = "also what is known from earlier runs",
     .group = kFetch},
    {.name = "retry",
     .help = "also what was set aside because it failed again and again",
     .group = kFetch},
    {.name = "limit",
     .value = "N",
     .help = "at most N messages",
     .kind = number,
     .group = kFetch,
     .configurable = true},
    {.name = "max-size",
     .value = "SIZE",
     .help = "skip messages larger than SIZE",
     .kind = size,
     .group = kFetch,
     .configurable = true},
    {.name = "headers-only",
     .help = "fetch only the header of each message; deletes nothing",
     .group = kFetch,
     .rival = "removal",
     .side = "stay"},
    {.name = "keep",
     .help =
         "leave all on the server; the next run fetches what is new (default)",
     .group = kRemoval,
     .rival = "removal",
     .side = "stay",
     .configurable = true},
    {.name = "delete",
     .help = "delete on the server what has arrived safely",
     .group = kRemoval,
     .rival = "removal",
     .side = "go",
     .configurable = true},
    {.name = "delete-after",
     .value = "DURATION",
     .help = "delete what was first seen so long ago",
     .kind = duration,
     .group = kRemoval,
     .rival = "removal",
     .side = "go",
     .configurable = true},
    {.name = "keep-last",
     .value = "N",
     .help = "delete all but the N last",
     .kind = number,
     .group = kRemoval,
     .rival = "removal",
     .side = "go",
     .configurable = true},
    {.name = "list",
     .help = "what is there and what would be done; nothing is fetched",
     .group = kLook},
    {.name = "adopt",
     .help = "mark all that is there as known, without fetching it",
     .group = kLook},
    {.name = "import-state",
     .value = "FORMAT:FILE",
     .help = "take over what mpop, fetchmail, getmail or thunderbird has"
             " fetched, and stop",
     .kind = text,
     .repeatable = true,
     .group = kLook},
    {.name = "import-account",
     .value = "USER@HOST",
     .help = "what --import-state knows under this name",
     .kind = text,
     .group = kLook},
    {.name = "rebase",
     .help = "find known messages again to which the server gave new"
             " unique-ids",
     .group = kLook},
    {.name = "all-accounts",
     .help = "from every account of the config file that has a fetch server",
     .group = kAccounts},
    {.name = "state",
     .value = "DIR",
     .help = "folder of the journals and locks",
     .kind = folder,
     .group = kAccounts,
     .configurable = true},
    {.name = "wait",
     .value = "DURATION",
     .help = "wait so long for another run to end (default 0)",
     .kind = duration,
     .group = kAccounts,
     .configurable = true},
};

constexpr std::string_view kSynopses[] = {
    "[OPTIONS] [URL] [--keep | --delete] [--to DEST]…",
    "[OPTIONS] --all-accounts | -a NAME -a NAME…",
    "[OPTIONS] [URL] --list",
};

constexpr Example kExamples[] = {
    {"mailtool fetch pop3s://bob@mail.hamburger.edu --to maildir:~/Mail",
     "fetch what is new, and leave it on the server"},
    {"mailtool fetch --delete",
     "fetch from the account's server, then delete there"},
    {"mailtool fetch --all-accounts --deadline 10min",
     "for cron: every account, silent unless something is wrong"},
    {"mailtool fetch --list", "see what is there, and what would be done"},
};

}  // namespace

const Command kFetchCommand = {
    .name = "fetch",
    .help = "fetch mail by POP3 into Maildirs, files, programs or LMTP",
    .synopses = kSynopses,
    .options = kOptions,
    .examples = kExamples,
    .talks_to_servers = true,
    .url_may_come_first = true,
    .max_arguments = 0,
    .several_accounts = true,
};

}  // namespace mailtool::app
