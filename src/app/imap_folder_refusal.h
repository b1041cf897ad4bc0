/// \file
/// What a server's refusal of a folder means to who named it.
#pragma once

#include <string>

#include "mailtool/base/error.h"
#include "mailtool/imap/mailbox_name.h"

namespace mailtool::app {

/// Has the server said that there is no such mailbox? By its code, and where it
/// gives none, by its words; "locked" and the like leave that open.
[[nodiscard]] bool says_missing(const Error& refusal);

/// "@trash (Deleted Items)": a folder as it was typed, and as the server was
/// asked for it where that is another name. Printable.
[[nodiscard]] std::string named_folder(const std::string& typed,
                                       const imap::MailboxName& asked);

/// `refusal` of a command for `verb`, "delete", about the folder `named`, as
/// named_folder() has it: "X: no such folder", "X: there already", else
/// "delete X: refused"; with what can be done. A loss of the session stays as
/// it is.
[[nodiscard]] Error folder_refusal(Error refusal, const std::string& verb,
                                   const std::string& named);

/// A folder as it was typed, and as the server was asked for it.
struct AskedFolder {
  std::string typed;
  imap::MailboxName asked;
};
/// The same of a rename: of the folder that the server's text names, of the old
/// one where it says that there is none and names neither, else of both.
[[nodiscard]] Error rename_refusal(Error refusal, const AskedFolder& from,
                                   const AskedFolder& to);

}  // namespace mailtool::app
