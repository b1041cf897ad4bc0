// The IMAP server's side: what other programs have delivered is taken in some at a
// time, and commands that are to know of all wait for that.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

using ImapArrivals = ImapServerTest;
INSTANTIATE_TEST_SUITE_P(Chunk, ImapArrivals, testing::Values(4096, 7, 1));

TEST_P(ImapArrivals, SelectWaitsForAllOfThem) {
  store.inbox().arriving = {"a\r\n", "b\r\n", "c\r\n"};
  play(kLogin + R"(
C: b EXAMINE INBOX
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS ()] kept
S: * 3 EXISTS
S: * 0 RECENT
S: * OK [UNSEEN 1] the first
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 4] the next
S: * OK [HIGHESTMODSEQ 10] the highest
S: b OK [READ-ONLY] open
)");
}

TEST_P(ImapArrivals, StatusAndListWaitForAllOfThem) {
  store.inbox().arriving = {"a\r\n", "b\r\n"};
  store.mailboxes->add("Old");
  play(kLogin + R"(
C: b STATUS INBOX (MESSAGES)
S: * STATUS "INBOX" (MESSAGES 2)
S: b OK done
)");
  store.inbox().arriving = {"c\r\n", "d\r\n"};
  store.mailboxes->box("Old").arriving = {"e\r\n"};
  play(kLogin + R"(
C: b LIST "" * RETURN (STATUS (MESSAGES))
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * STATUS "INBOX" (MESSAGES 4)
S: * LIST (\HasNoChildren) "/" "Old"
S: * STATUS "Old" (MESSAGES 1)
S: b OK done
C: c NOOP
S: c OK done
)");
}

// What has changed meanwhile stays, but for what is changed here.
TEST_P(ImapArrivals, StoreWaitsForAllOfThem) {
  store.inbox().put("a\r\n", 0);
  const auto session = make_imap_session(settings, store, users);
  std::string said;
  (void)session->feed("a LOGIN alice secret\r\n", said);
  (void)session->feed("b SELECT INBOX\r\n", said);
  said.clear();
  store.inbox().arriving = {"b\r\n", "c\r\n"};
  (void)session->feed("c STORE 1 +FLAGS (\\Flagged)\r\n", said);
  EXPECT_EQ(session->wait(), Wait::verdict);
  EXPECT_EQ(said, "");
  (void)store.inbox().set_flags(1, kDeleted);
  while (session->wait() != Wait::octets) {
    if (session->wait() == Wait::room) {
      session->more(said);
    } else {
      ++store.disk.synced;
      session->settled(said);
    }
  }
  EXPECT_EQ(said,
            "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Deleted))\r\n"
            "* 3 EXISTS\r\nc OK done\r\n");
}

// They are told of as they come: NOOP waits for none.
TEST_P(ImapArrivals, NoopDoesNotWait) {
  const auto session = make_imap_session(settings, store, users);
  std::string said;
  (void)session->feed("a LOGIN alice secret\r\n", said);
  (void)session->feed("b SELECT INBOX\r\n", said);
  said.clear();
  store.inbox().elsewhere = [this] {
    store.inbox().put("a\r\n", 0);
    store.inbox().arriving = {"b\r\n", "c\r\n"};
  };
  (void)session->feed("c NOOP\r\n", said);
  EXPECT_EQ(said, "* 1 EXISTS\r\nc OK done\r\n");
}

TEST_P(ImapArrivals, WhatFailsIsSaid) {
  store.inbox().arriving = {"a\r\n"};
  store.inbox().unseen = Error{ErrorKind::local_io, "cannot be read"};
  play(kLogin + R"(
C: b SELECT INBOX
S: b NO [SERVERBUG] cannot be read
C: c FETCH 1 FLAGS
S: c BAD select first
)");
}

// Another client deletes it meanwhile.
TEST_P(ImapArrivals, ADeletedMailboxIsNotSelected) {
  store.mailboxes->add("Old");
  store.mailboxes->box("Old").arriving = {"a\r\n", "b\r\n", "c\r\n"};
  const auto session = make_imap_session(settings, store, users);
  std::string said;
  (void)session->feed("a LOGIN alice secret\r\n", said);
  said.clear();
  (void)session->feed("b SELECT Old\r\n", said);
  EXPECT_EQ(session->wait(), Wait::verdict);
  EXPECT_TRUE(store.mailboxes->remove("Old"));
  session->settled(said);
  EXPECT_EQ(said, "b NO [NONEXISTENT] it was deleted\r\n");
  EXPECT_EQ(session->wait(), Wait::octets);
}

}  // namespace
}  // namespace mailtool::serve
