// The IMAP server's side: mailboxes.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

TEST_P(ImapServerTest, Mailboxes) {
  play(kLogin + R"(
C: b LIST "" ""
S: * LIST (\Noselect) "/" ""
S: b OK done
C: c CREATE Work/2026/
S: c OK done
C: d CREATE &yATA3Q-
S: d OK done
C: e CREATE Trash
S: e OK done
C: f LIST "" *
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasNoChildren \Trash) "/" "Trash"
S: * LIST (\HasNoChildren) "/" "Work/2026"
S: * LIST (\HasNoChildren) "/" "&yATA3Q-"
S: f OK done
C: g LIST "" %
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasNoChildren \Trash) "/" "Trash"
S: * LIST (\HasNoChildren) "/" "&yATA3Q-"
S: g OK done
C: h LIST Work/ 2*6
S: * LIST (\HasNoChildren) "/" "Work/2026"
S: h OK done
C: i SUBSCRIBE Trash
S: i OK done
C: j LSUB "" *
S: * LSUB (\HasNoChildren \Trash) "/" "Trash"
S: j OK done
C: k RENAME Trash Bin
S: k OK done
C: l DELETE Trash
S: l NO [NONEXISTENT] no such mailbox
C: m DELETE inbox
S: m NO [CANNOT] INBOX stays
C: n STATUS Bin (MESSAGES UIDNEXT UIDVALIDITY UNSEEN SIZE DELETED)
S: * STATUS "Bin" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 10 UNSEEN 0 SIZE 0 DELETED 0)
S: n OK done
C: o STATUS Bin (WEATHER)
S: o BAD no such item of STATUS
C: p SELECT Nowhere
S: p NO [NONEXISTENT] no such mailbox
C: q NAMESPACE
S: * NAMESPACE (("" "/")) NIL NIL
S: q OK done
C: r ID NIL
S: * ID ("name" "mailtool")
S: r OK done
C: s CREATE &bad
S: s NO [CANNOT] no legal name of a mailbox
)");
}

// What other programs did was not looked for while any session had the mailbox.
TEST_P(ImapServerTest, LooksForWhatOthersDo) {
  const auto mailbox = store.mailboxes->open("INBOX");
  store.inbox().elsewhere = [this] { store.inbox().put("a\r\n", kSeen); };
  play(kLogin + R"(
C: b STATUS INBOX (MESSAGES)
S: * STATUS "INBOX" (MESSAGES 1)
S: b OK done
)");
  store.inbox().elsewhere = [this] {
    store.inbox().put("b\r\n", kSeen);
    store.inbox().elsewhere = [this] { store.inbox().put("c\r\n", kSeen); };
  };
  play(kLogin + R"(
C: b EXAMINE INBOX
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS ()] kept
S: * 2 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 3] the next
S: b OK [READ-ONLY] open
C: c NOOP
S: * 3 EXISTS
S: c OK done
)");
}

}  // namespace
}  // namespace mailtool::serve
