/// \file
/// The items of a FETCH as words, for showing what would be sent.
#pragma once

#include <string>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

/// "(UID FLAGS ENVELOPE)": what ImapClient::fetch() sends behind the UIDs.
[[nodiscard]] std::string fetch_items(const FetchItems& items);

}  // namespace mailtool::client
