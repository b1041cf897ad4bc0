// mailtool serve: the options of what it does wrong on purpose, and keeps.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kFaults = "Faults on purpose";
constexpr std::string_view kKeeping = "Keeping";

const Option kOptions[] = {
    {.name = "fail",
     .value = "RULE",
     .help = "COMMAND[:PATTERN]=ANSWER, drop or delay, and how often: "
             "'rcpt:*@slow.test=451 4.7.1 later; once'",
     .kind = text,
     .repeatable = true,
     .group = kFaults},
    {.name = "delay",
     .value = "DURATION",
     .help = "wait so long before each answer: 500ms, 2s",
     .kind = text,
     .group = kFaults},
    {.name = "rate",
     .value = "SIZE",
     .help = "pass so many octets a second, each way of each connection",
     .kind = size,
     .group = kFaults},
    {.name = "catch-all",
     .help = "take any address of the domains; those of no user go to the "
             "first one",
     .group = kKeeping},
    {.name = "keep",
     .value = "N",
     .help = "remove the oldest beyond N messages of an inbox",
     .kind = number,
     .group = kKeeping},
    {.name = "max-age",
     .value = "DURATION",
     .help = "remove older messages from inboxes",
     .kind = duration,
     .group = kKeeping},
    {.name = "dialogues",
     .value = "DIR",
     .help = "write each session's dialogue to a file in DIR, without its "
             "secrets",
     .kind = folder,
     .group = kKeeping},
};

}  // namespace

std::span<const Option> serve_trial_options() { return kOptions; }

}  // namespace mailtool::app
