// mailtool imap: the options of mirrors.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kMirrors = "Mirrors";

const Option kOptions[] = {
    {.name = "delete",
     .help = "also remove here what has gone from the server",
     .group = kMirrors,
     .verbs = "export"},
};

}  // namespace

std::span<const Option> imap_mirror_options() { return kOptions; }

}  // namespace mailtool::app
