/// \file
/// Which folder has a role, where the server does not say.
#pragma once

#include <string_view>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// "Deleted Items" for "trash": the folder that most likely has `role` by its
/// name. Names count at the top and below INBOX, without regard to case; of
/// several the one that comes first in our table. nullptr when there is none.
[[nodiscard]] const client::ListedMailbox* by_role_name(
    std::string_view role, const std::vector<client::ListedMailbox>& mailboxes);

}  // namespace mailtool::app
