/// \file
/// ImapEnabled: what a client has switched on (RFC 5161).
#pragma once

#include "mailtool/imap/mailbox_name.h"

namespace mailtool::serve {

struct ImapEnabled {
  bool rev2 = false;       ///< RFC 9051: names in UTF-8, ESEARCH for SEARCH
  bool condstore = false;  ///< RFC 7162: MODSEQ in each FETCH response

  /// How the names of mailboxes are written.
  [[nodiscard]] imap::NameEncoding names() const {
    return rev2 ? imap::NameEncoding::utf8
                : imap::NameEncoding::modified_utf7;
  }
};

}  // namespace mailtool::serve
