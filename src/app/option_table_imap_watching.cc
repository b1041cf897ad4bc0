// mailtool imap: the options of watch.

#include "app/option_table_imap_watching.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kWatching = "Watching";

const Option kOptions[] = {
    {.name = "once",
     .help = "end after the first event",
     .group = kWatching,
     .verbs = "watch"},
    {.name = "events",
     .value = "EVENT,…",
     .help = "these alone: new,flags,expunged",
     .kind = text,
     .choices = "new|flags|expunged",
     .group = kWatching,
     .verbs = "watch"},
    {.name = "exec",
     .value = "'PROGRAM ARGS'",
     .help = "run this for each new message; {folder} and {uid} in ARGS stand "
             "for its own",
     .kind = text,
     .group = kWatching,
     .verbs = "watch"},
    {.name = "state",
     .value = "NAME|DIR",
     .help = "remember under this name, or in this folder, what was told, and "
             "begin with what came since",
     .kind = folder,
     .group = kWatching,
     .verbs = "watch"},
    {.name = "interval",
     .value = "DURATION",
     .help = "ask so often where the server has no IDLE (default 60s)",
     .kind = duration,
     .group = kWatching,
     .verbs = "watch"},
};

}  // namespace

std::span<const Option> imap_watching_options() { return kOptions; }

}  // namespace mailtool::app
