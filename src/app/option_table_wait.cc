// mailtool wait: its options, as the help and the parser see them.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kWhat = "What to wait for";

const Option kOptions[] = {
    {.name = "to",
     .value = "ADDRESS",
     .help = "a message to this address, or to this user at any domain",
     .kind = text,
     .group = kWhat},
    {.name = "folder",
     .letter = 'f',
     .value = "FOLDER",
     .help = "where it comes (default INBOX)",
     .kind = mailbox,
     .group = kWhat},
    {.name = "timeout",
     .value = "DURATION",
     .help = "give up after so long (default 60s)",
     .kind = duration,
     .group = kWhat},
};

constexpr std::string_view kSynopses[] = {
    "[OPTIONS] [URL] --to ADDRESS",
};

constexpr Example kExamples[] = {
    {"mailtool wait imaps://bob@mail.example --to bob@example.test",
     "print the next message to Bob that nobody has read"},
    {"mailtool wait -a bob --to bob --timeout 30s --json | jq -r .text",
     "its text alone, or status 75 after half a minute"},
};

}  // namespace

const Command kWaitCommand = {
    .name = "wait",
    .help = "wait for a message, and print it",
    .synopses = kSynopses,
    .options = kOptions,
    .examples = kExamples,
    .talks_to_servers = true,
    .url_may_come_first = true,
    .max_arguments = 0,
};

}  // namespace mailtool::app
