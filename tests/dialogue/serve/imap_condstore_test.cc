// The IMAP server's side: mod-sequences (RFC 7162).

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

TEST_P(ImapServerTest, ModseqIsToldOnceItIsAskedFor) {
  store.inbox().put("a\r\n");
  store.inbox().put("b\r\n", kSeen);
  play_selected(R"(
C: a STORE 1 +FLAGS (\Flagged)
S: * 1 FETCH (UID 1 FLAGS (\Flagged))
S: a OK done
C: b FETCH 1:2 (MODSEQ)
S: * OK [HIGHESTMODSEQ 11] the highest
S: * 1 FETCH (UID 1 MODSEQ (11))
S: * 2 FETCH (UID 2 MODSEQ (10))
S: b OK done
C: c STORE 1 -FLAGS (\Flagged)
S: * 1 FETCH (UID 1 FLAGS () MODSEQ (12))
S: c OK done
C: d STORE 1 +FLAGS.SILENT (\Draft)
S: * 1 FETCH (UID 1 MODSEQ (13))
S: d OK done
C: e STORE 1 +FLAGS.SILENT (\Draft)
S: e OK done
C: f UID FETCH 1:* FLAGS
S: * 1 FETCH (UID 1 FLAGS (\Draft) MODSEQ (13))
S: * 2 FETCH (UID 2 FLAGS (\Seen) MODSEQ (10))
S: f OK done
C: g FETCH 1 BODY[]
S: * 1 FETCH (UID 1 FLAGS (\Seen \Draft) MODSEQ (14) BODY[] {3}
S: a
S: )
S: g OK done
)");
}

TEST_P(ImapServerTest, EnablingCommands) {
  store.inbox().put("a\r\n");
  play_selected(R"(
C: a ENABLE CONDSTORE
S: * ENABLED CONDSTORE
S: * OK [HIGHESTMODSEQ 10] the highest
S: a OK done
C: b STORE 1 FLAGS (\Seen)
S: * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (11))
S: b OK done
)");
  play_selected(R"(
C: a STATUS INBOX (MESSAGES HIGHESTMODSEQ)
S: * OK [HIGHESTMODSEQ 11] the highest
S: * STATUS "INBOX" (MESSAGES 1 HIGHESTMODSEQ 11)
S: a OK done
C: b STORE 1 FLAGS ()
S: * 1 FETCH (UID 1 FLAGS () MODSEQ (12))
S: b OK done
)");
  play(kLogin + R"(
C: b EXAMINE INBOX (CONDSTORE)
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS ()] kept
S: * 1 EXISTS
S: * 0 RECENT
S: * OK [UNSEEN 1] the first
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 2] the next
S: * OK [HIGHESTMODSEQ 12] the highest
S: b OK [READ-ONLY] open
C: c FETCH 1 FLAGS
S: * 1 FETCH (UID 1 FLAGS () MODSEQ (12))
S: c OK done
C: d SELECT INBOX (OTHER)
S: d BAD SELECT mailbox (CONDSTORE)
C: e FETCH 1 FLAGS
S: e BAD select first
)");
}

TEST_P(ImapServerTest, ChangedSince) {
  for (int i = 0; i < 3; ++i) store.inbox().put("a\r\n");
  (void)store.inbox().set_flags(2, kSeen);
  play_selected(R"(
C: a FETCH 1:* (FLAGS) (CHANGEDSINCE 10)
S: * OK [HIGHESTMODSEQ 11] the highest
S: * 2 FETCH (UID 2 FLAGS (\Seen) MODSEQ (11))
S: a OK done
C: b UID FETCH 1:* (FLAGS) (CHANGEDSINCE 11)
S: b OK done
C: c FETCH 1:* (FLAGS) (CHANGEDSINCE 0)
S: c BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
C: d FETCH 1:* (FLAGS) (CHANGEDSINCE 9223372036854775808)
S: d BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
C: e UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)
S: e BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
C: f FETCH 1:* (FLAGS) ()
S: f BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
C: g FETCH 1:* (FLAGS) (CHANGEDSINCE 1 CHANGEDSINCE 1)
S: g BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
)");
}

TEST_P(ImapServerTest, UnchangedSince) {
  for (int i = 0; i < 3; ++i) store.inbox().put("a\r\n");
  (void)store.inbox().set_flags(2, kSeen);
  play_selected(R"(
C: a UID STORE 1:3 (UNCHANGEDSINCE 10) +FLAGS.SILENT (\Deleted)
S: * OK [HIGHESTMODSEQ 11] the highest
S: * 1 FETCH (UID 1 MODSEQ (12))
S: * 3 FETCH (UID 3 MODSEQ (13))
S: a OK [MODIFIED 2] these have changed since
C: b STORE 1:* (UNCHANGEDSINCE 12) FLAGS (\Flagged)
S: * 1 FETCH (UID 1 FLAGS (\Flagged) MODSEQ (14))
S: * 2 FETCH (UID 2 FLAGS (\Flagged) MODSEQ (15))
S: b OK [MODIFIED 3] these have changed since
C: c STORE 1:* (UNCHANGEDSINCE 0) FLAGS ()
S: c OK [MODIFIED 1:3] these have changed since
C: d STORE 1 (UNCHANGEDSINCE) FLAGS ()
S: d BAD STORE set [(UNCHANGEDSINCE number)] FLAGS (flags)
C: e STORE 1 (UNCHANGEDSINCE 9 1) FLAGS ()
S: e BAD STORE set [(UNCHANGEDSINCE number)] FLAGS (flags)
C: f STORE 1 (UNCHANGEDSINCE 99)
S: f BAD STORE set [(UNCHANGEDSINCE number)] FLAGS (flags)
)");
}

TEST_P(ImapServerTest, KeywordsAreMadeOnlyForAMessage) {
  store.inbox().put("a\r\n");
  play_selected(R"(
C: a STORE 1 -FLAGS (never \Seen)
S: * 1 FETCH (UID 1 FLAGS ())
S: a OK done
C: b UID STORE 9 +FLAGS (never)
S: b OK done
C: c STORE 1 (UNCHANGEDSINCE 9) FLAGS (never)
S: * OK [HIGHESTMODSEQ 10] the highest
S: c OK [MODIFIED 1] these have changed since
C: d STORE 1 -FLAGS (\Never)
S: d BAD no such flag
)");
  EXPECT_TRUE(store.inbox().keywords().empty());
}

TEST_P(ImapServerTest, SearchModseq) {
  for (int i = 0; i < 4; ++i) store.inbox().put("a\r\n");
  (void)store.inbox().set_flags(2, kSeen);
  (void)store.inbox().set_flags(4, kSeen);
  (void)store.inbox().set_flags(3, kSeen);
  play_selected(R"(
C: a SEARCH MODSEQ 11
S: * OK [HIGHESTMODSEQ 13] the highest
S: * SEARCH 2 3 4 (MODSEQ 13)
S: a OK done
C: b UID SEARCH NOT MODSEQ "/flags/\\Seen" all 13
S: * SEARCH 1 2 4 (MODSEQ 12)
S: b OK done
C: c SEARCH RETURN (MIN) (MODSEQ 11 SEEN)
S: * ESEARCH (TAG "c") MIN 2 MODSEQ 11
S: c OK done
C: d SEARCH RETURN (MIN MAX) OR MODSEQ 11 ANSWERED
S: * ESEARCH (TAG "d") MIN 2 MAX 4 MODSEQ 12
S: d OK done
C: e SEARCH RETURN (MAX COUNT) MODSEQ 0
S: * ESEARCH (TAG "e") MAX 4 COUNT 4 MODSEQ 13
S: e OK done
C: f SEARCH MODSEQ 14
S: * SEARCH
S: f OK done
C: g SEARCH MODSEQ x
S: g BAD no search
C: h SEARCH MODSEQ "/flags/a" nobody 1
S: h BAD no search
)");
}

TEST_P(ImapServerTest, WhatOthersChangeHasItsModseq) {
  store.inbox().put("a\r\n");
  store.inbox().put("b\r\n");
  store.inbox().elsewhere = [&] {
    store.inbox().elsewhere = [&] {
      (void)store.inbox().set_flags(2, kSeen);
    };
  };
  play_selected(R"(
C: a ENABLE CONDSTORE
S: * ENABLED CONDSTORE
S: * OK [HIGHESTMODSEQ 10] the highest
S: a OK done
C: b NOOP
S: * 2 FETCH (UID 2 FLAGS (\Seen) MODSEQ (11))
S: b OK done
)");
}

// As on a full disk.
TEST_P(ImapServerTest, NotCounted) {
  store.inbox().counts = false;
  store.inbox().put("a\r\n");
  play(kLogin + R"(
C: b SELECT INBOX (CONDSTORE)
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] kept
S: * 1 EXISTS
S: * 0 RECENT
S: * OK [UNSEEN 1] the first
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 2] the next
S: * OK [NOMODSEQ] not counted now
S: b OK [READ-WRITE] open
C: c FETCH 1 (FLAGS)
S: * 1 FETCH (UID 1 FLAGS ())
S: c OK done
C: d FETCH 1 (MODSEQ)
S: d BAD no mod-sequences are counted here now
C: e STORE 1 (UNCHANGEDSINCE 5) FLAGS ()
S: e BAD no mod-sequences are counted here now
C: f SEARCH MODSEQ 5
S: f BAD no mod-sequences are counted here now
C: g STORE 1 FLAGS (\Seen)
S: * 1 FETCH (UID 1 FLAGS (\Seen))
S: g OK done
C: h STATUS INBOX (HIGHESTMODSEQ)
S: * STATUS "INBOX" (HIGHESTMODSEQ 0)
S: h OK done
)");
}

}  // namespace
}  // namespace mailtool::serve
