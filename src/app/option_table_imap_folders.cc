// mailtool imap: the options about folders.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kFolders = "Folders";

const Option kOptions[] = {
    {.name = "status",
     .help = "also count the messages of each folder",
     .group = kFolders,
     .verbs = "folders"},
    {.name = "subscribed",
     .help = "only subscribed folders",
     .group = kFolders,
     .verbs = "folders"},
    {.name = "roles",
     .help = "also say which is @sent, @trash and the like",
     .group = kFolders,
     .verbs = "folders"},
    {.name = "tree",
     .help = "indent the folders within folders",
     .group = kFolders,
     .verbs = "folders"},
    {.name = "role",
     .value = "ROLE",
     .help = "make the new folder @archive, @drafts, @junk, @sent or @trash",
     .kind = ValueKind::choice,
     .choices = "@archive|@drafts|@junk|@sent|@trash|archive|drafts|junk|sent|"
                "trash",
     .group = kFolders,
     .verbs = "folder create"},
    {.name = "write",
     .help = "open the folder of --folder for changes too",
     .group = kFolders,
     .verbs = "raw"},
    {.name = "compress",
     .value = "WHEN",
     .help = "have the server compress what it sends: auto, always or never",
     .kind = ValueKind::choice,
     .choices = "auto|always|never",
     .group = "Server options",
     .configurable = true},
    {.name = "keep-going",
     .help = "go on after a line that failed",
     .group = "Batches",
     .verbs = "batch"},
};

}  // namespace

std::span<const Option> imap_folder_options() { return kOptions; }

}  // namespace mailtool::app
