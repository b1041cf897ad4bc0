// mailtool queue: its verbs and options, as the help and the parser see them.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kRun = "Running";

const Verb kVerbs[] = {
    {"list", "", "print what waits, and why (the default)", 0, 0},
    {"run", "[ID…]", "send what is due, or these messages at once"},
    {"show", "ID", "print the state of a message, and its header", 1, 1},
    {"why", "ID…", "print each attempt, what the server said, the next try", 1},
    {"hold", "ID…", "keep messages from being sent", 1},
    {"release", "ID…", "let them go again", 1},
    {"remove", "ID…", "take messages out of the queue for good", 1},
};

const Option kOptions[] = {
    {.name = "watch",
     .help = "stay, and send whatever is due or comes in",
     .group = kRun,
     .verbs = "run"},
    {.name = "jobs",
     .value = "N",
     .help = "at most N servers at a time (default 4)",
     .kind = number,
     .group = kRun,
     .verbs = "run"},
};

constexpr std::string_view kSynopses[] = {
    "[OPTIONS] [VERB] [ID…]",
};

constexpr Example kExamples[] = {
    {"mailtool queue", "what waits, and why"},
    {"mailtool queue run", "send what is due: for cron or a timer"},
    {"mailtool queue why x7k2m",
     "what happened to the message whose id ends so"},
    {"mailtool queue remove all", "drop all that waits"},
};

}  // namespace

const Command kQueueCommand = {
    .name = "queue",
    .help = "list and send the mail that waits",
    .synopses = kSynopses,
    .options = kOptions,
    .verbs = kVerbs,
    .examples = kExamples,
    .default_verb = "list",
};

}  // namespace mailtool::app
