// mailtool serve: the options of mail between servers, and of names.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kWorld = "Other servers";

const Option kOptions[] = {
    {.name = "dns",
     .value = "ADDR:PORT",
     .help = "a name server that knows the domains, and no other name",
     .kind = text,
     .choices = "off",
     .group = kWorld},
    {.name = "dns-domain",
     .value = "DOMAIN=ADDR[:PORT]",
     .help = "a domain that it knows, too, and where its mail goes",
     .kind = text,
     .repeatable = true,
     .group = kWorld},
    {.name = "dns-server",
     .value = "IP[:PORT]",
     .help = "mail of users for other domains goes out, by the MX records "
             "there (default that of --dns)",
     .kind = text,
     .group = kWorld},
    {.name = "mx-port",
     .value = "PORT",
     .help = "port of the servers that it goes to (default that of --smtp)",
     .kind = number,
     .group = kWorld},
};

}  // namespace

std::span<const Option> serve_world_options() { return kOptions; }

}  // namespace mailtool::app
