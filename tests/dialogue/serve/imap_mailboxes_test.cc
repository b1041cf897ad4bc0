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
C: e CREATE Trash (USE (\Trash))
S: e OK done
C: f LIST "" *
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasNoChildren \Trash) "/" "Trash"
S: * LIST (\Noselect \HasChildren) "/" "Work"
S: * LIST (\HasNoChildren) "/" "Work/2026"
S: * LIST (\HasNoChildren) "/" "&yATA3Q-"
S: f OK done
C: g LIST "" %
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasNoChildren \Trash) "/" "Trash"
S: * LIST (\Noselect \HasChildren) "/" "Work"
S: * LIST (\HasNoChildren) "/" "&yATA3Q-"
S: g OK done
C: h LIST Work/ 2*6
S: * LIST (\HasNoChildren) "/" "Work/2026"
S: h OK done
C: i SUBSCRIBE Trash
S: i OK done
C: j LSUB "" *
S: * LSUB () "/" "Trash"
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
C: n STATUS Bin (RECENT appendlimit)
S: * STATUS "Bin" (RECENT 0 APPENDLIMIT 67108864)
S: n OK done
C: o STATUS Bin (WEATHER)
S: o BAD STATUS mailbox (items)
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

TEST_P(ImapServerTest, MailboxesForUses) {
  play(kLogin + R"(
C: b CREATE a (USE (\archive \Junk \Junk))
S: b OK done
C: c CREATE b (USE (\All))
S: c NO [USEATTR] no mailbox is made for that use
C: d CREATE b (USE (\Weather))
S: d NO [USEATTR] no mailbox is made for that use
C: e CREATE b (USE \Sent)
S: e BAD CREATE mailbox (USE (attributes))
C: f CREATE b (COLOUR (red))
S: f BAD CREATE mailbox (USE (attributes))
C: g CREATE b () ()
S: g BAD CREATE mailbox (USE (attributes))
C: h CREATE c (USE ())
S: h OK done
C: i LIST "" *
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasNoChildren \Archive \Junk) "/" "a"
S: * LIST (\HasNoChildren) "/" "c"
S: i OK done
C: j CREATE c
S: j NO [ALREADYEXISTS] is there
)");
}

// Three letters where a name is due are a name.
TEST_P(ImapServerTest, AMailboxNamedNil) {
  play(kLogin + R"(
C: b CREATE nil
S: b OK done
C: c LIST "" nil
S: * LIST (\HasNoChildren) "/" "nil"
S: c OK done
C: d STATUS nil (MESSAGES)
S: * STATUS "nil" (MESSAGES 0)
S: d OK done
C: e CREATE ""
S: e BAD a mailbox is missing
C: f CREATE (a)
S: f BAD a mailbox is missing
)");
}

TEST_P(ImapServerTest, TheSelectedMailboxIsDeleted) {
  store.mailboxes->add("a");
  play(kLogin + R"(
C: b SELECT a
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] kept
S: * 0 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 8] for good
S: * OK [UIDNEXT 1] the next
S: * OK [HIGHESTMODSEQ 10] the highest
S: b OK [READ-WRITE] open
C: c DELETE a
S: * OK [CLOSED] the mailbox that is selected was deleted
S: c OK done
C: d CHECK
S: d BAD select first
)");
}

// A client that had enabled nothing was deselected without a word.
TEST_P(ImapServerTest, TheSelectedMailboxIsRenumbered) {
  store.mailboxes->add("a");
  store.mailboxes->renumbers = true;
  play(kLogin + R"(
C: b EXAMINE a
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS ()] kept
S: * 0 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 8] for good
S: * OK [UIDNEXT 1] the next
S: * OK [HIGHESTMODSEQ 10] the highest
S: b OK [READ-ONLY] open
C: c RENAME a b
S: * OK [CLOSED] the mailbox that is selected was renamed, and has another UIDVALIDITY
S: c OK done
C: d CHECK
S: d BAD select first
)");
}

TEST_P(ImapServerTest, TheSelectedMailboxIsDeletedByAnother) {
  for (const bool idles : {false, true}) {
    store.mailboxes->add("a");
    const auto session = make_imap_session(settings, store, users);
    std::string out;
    session->begin(out);
    session->feed("a LOGIN alice secret\r\nb EXAMINE a\r\n", out);
    if (idles) session->feed("c IDLE\r\n", out);
    out.clear();
    EXPECT_TRUE(store.mailboxes->remove("a"));
    session->changed(out);
    if (!idles) {
      EXPECT_EQ(out, "");
      session->feed("c FETCH 1 FLAGS\r\n", out);
    }
    EXPECT_EQ(out,
              "* BYE [UNAVAILABLE] the mailbox that is selected was deleted\r\n");
    EXPECT_EQ(session->wait(), Wait::close);
  }
}

// A RENAME has given it another UIDVALIDITY: what is known of it is of no use.
TEST_P(ImapServerTest, TheSelectedMailboxIsRenumberedByAnother) {
  for (const bool idles : {false, true}) {
    const auto session = make_imap_session(settings, store, users);
    std::string out;
    session->begin(out);
    session->feed("a LOGIN alice secret\r\nb SELECT INBOX\r\n", out);
    if (idles) session->feed("c IDLE\r\n", out);
    out.clear();
    store.inbox().renumber();
    session->changed(out);
    if (!idles) {
      EXPECT_EQ(out, "");
      session->feed("c FETCH 1 FLAGS\r\n", out);
    }
    EXPECT_EQ(out,
              "* BYE [UNAVAILABLE] the mailbox that is selected was renamed, "
              "and has another UIDVALIDITY\r\n");
    EXPECT_EQ(session->wait(), Wait::close);
  }
}

// Another program removed it, as this NOOP finds out.
TEST_P(ImapServerTest, TheSelectedMailboxIsLost) {
  store.inbox().elsewhere = [this] {
    store.inbox().elsewhere = [this] { store.inbox().set_removed(); };
  };
  play(kLogin + R"(
C: b SELECT INBOX
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] kept
S: * 0 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 1] the next
S: * OK [HIGHESTMODSEQ 10] the highest
S: b OK [READ-WRITE] open
C: c NOOP
S: * BYE [UNAVAILABLE] the mailbox that is selected was deleted
<server closes>
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
S: * OK [HIGHESTMODSEQ 10] the highest
S: b OK [READ-ONLY] open
C: c NOOP
S: * 3 EXISTS
S: c OK done
)");
}

}  // namespace
}  // namespace mailtool::serve
