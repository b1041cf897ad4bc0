/// \file
/// A folder with one .eml file a message.
#pragma once

#include <memory>
#include <string>

#include "mailtool/store/message_files.h"

namespace mailtool::store {

/// Creates `path` where absent (mode 0700). Messages become
/// YYYYMMDDTHHMMSS.uuuuuuZ-COUNTER-KEY.eml, in UTC and in the order of their
/// arrival, the key in hexadecimal. Whoever renames one should keep the key: it
/// is what a message is recognised by. Fails with cannot_create, local_io or
/// system.
Result<std::unique_ptr<MessageFiles>> open_message_folder(
    const std::string& path);

}  // namespace mailtool::store
