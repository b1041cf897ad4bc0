/// \file
/// Maildir: a folder tmp to write in, new to deliver to, cur for readers.
#pragma once

#include <memory>
#include <string>

#include "mailtool/store/message_files.h"

namespace mailtool::store {

/// Creates `path`, tmp, new and cur where absent (mode 0700). Messages become
/// new/SECONDS.MusecPpidQcounterHkey.HOST, the key in hexadecimal, and are
/// recognised in new and in cur, whatever flags were added. Fails with
/// cannot_create, local_io or system.
Result<std::unique_ptr<MessageFiles>> open_maildir(const std::string& path);

}  // namespace mailtool::store
