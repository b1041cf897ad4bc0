// The IMAP server's side: APPEND.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

TEST_P(ImapServerTest, Append) {
  play_selected(R"(
C: a APPEND INBOX (\Seen) "20-Nov-2026 13:00:00 +0100" {3}
S: + go ahead
C- x
C-\x0d\x0a
C:
S: * 1 EXISTS
S: a OK [APPENDUID 7 1] done
C: b APPEND {5+}
C- INBOX
C:  {3+}
C- y
C-\x0d\x0a
C:
S: * 2 EXISTS
S: b OK [APPENDUID 7 2] done
C: c APPEND Nowhere {3}
S: c NO [TRYCREATE] no such mailbox
C: d APPEND Nowhere {3+}
C- z
C-\x0d\x0a
C:
S: d NO [TRYCREATE] no such mailbox
C: e APPEND INBOX (\Wrong) {3}
S: e NO no such flag
C: f NOOP
S: f OK done
)");
  EXPECT_EQ(store.inbox().text(1), "x\r\n");
  EXPECT_EQ(store.inbox().messages()[0].flags, kSeen);
  EXPECT_EQ(store.inbox().messages()[0].date, 1'795'176'000);
  settings.max_octets = 10;
  play(kLogin + "C: a APPEND INBOX {11}\nS: a NO [TOOBIG] message too large\n");
  settings.max_octets = 100;
  store.disk.broken = true;
  play(kLogin + "C: a APPEND INBOX {1}\nS: + go ahead\nC- x\nC:\n"
       "S: a NO [SERVERBUG] disk is broken\n");
  EXPECT_EQ(store.inbox().messages().size(), 2u);
}

// What has a LF alone, or NUL, was kept, and put POP3 out of step.
TEST_P(ImapServerTest, AppendTakesOnlyText) {
  for (const auto* message :
       {"C- a\\x0ab\n", "C- a\\x0db\n", "C- a\\x00b\n", "C- ab\\x0d\n"}) {
    play(kLogin + "C: b APPEND INBOX {3+}\n" + message +
         "C:\nS: b NO [CANNOT] CR or LF alone within a line, or NUL\n"
         "C: c NOOP\nS: c OK done\n");
  }
  play(kLogin + R"(
C: b APPEND INBOX (\Seen) "31-Feb-2026 25:00:00 +0100" {3}
S: b BAD no date and time
C: c APPEND INBOX "" {3+}
C- abc
C:
S: c BAD no date and time
C: d NOOP
S: d OK done
)");
  EXPECT_TRUE(store.inbox().messages().empty());
}

}  // namespace
}  // namespace mailtool::serve
