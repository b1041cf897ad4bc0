// The IMAP server's side: APPEND.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

// kLogin, where messages may have so many octets.
std::string login_with_limit(const std::string& octets) {
  const std::string usual = "APPENDLIMIT=67108864";
  auto text = kLogin;
  for (auto at = text.find(usual); at != text.npos; at = text.find(usual, at)) {
    text.replace(at, usual.size(), "APPENDLIMIT=" + octets);
  }
  return text;
}

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
  play(login_with_limit("10") +
       "C: a APPEND INBOX {11}\nS: a NO [TOOBIG] message too large\n");
  settings.max_octets = 100;
  store.disk.broken = true;
  play(login_with_limit("100") +
       "C: a APPEND INBOX {1}\nS: + go ahead\nC- x\nC:\n"
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
C: e APPEND INBOX "31-Feb-2026 12:00:00 +0100" {3}
S: e BAD no date and time
C: d NOOP
S: d OK done
)");
  EXPECT_TRUE(store.inbox().messages().empty());
}

TEST_P(ImapServerTest, DeletedWhileAMessageComes) {
  for (const auto* rest : {"C- ab\nC:\n", "C- ab\nC:  {2+}\nC- cd\nC:\n"}) {
    store.mailboxes->add("x");
    const auto gone = *store.mailboxes->open("x");
    const auto session = make_imap_session(settings, store, users);
    ServerPlayer player(*session, static_cast<std::size_t>(GetParam()),
                        [&] { ++store.disk.synced; });
    player.play(test::parse_dialogue(
        kLogin + "C: b APPEND x {2}\nS: + go ahead\n"));
    ASSERT_TRUE(store.mailboxes->remove("x"));
    player.play(test::parse_dialogue(
        rest + std::string("S: b NO [TRYCREATE] the mailbox was deleted\n"
                           "C: c NOOP\nS: c OK done\n")));
    EXPECT_TRUE(gone->messages().empty());
  }
}

// RFC 3502: all of them or none.
TEST_P(ImapServerTest, SeveralAtOnce) {
  play_selected(R"(
C: a APPEND INBOX (\Seen) {3}
S: + go ahead
C- x
C-\x0d\x0a
C:  "20-Nov-2026 13:00:00 +0100" {3+}
C- y
C-\x0d\x0a
C:  (\Flagged) ~{3}
S: + go ahead
C- z
C-\x0d\x0a
C:
S: * 3 EXISTS
S: a OK [APPENDUID 7 1:3] done
C: b FETCH 1:* FLAGS
S: * 1 FETCH (UID 1 FLAGS (\Seen))
S: * 2 FETCH (UID 2 FLAGS ())
S: * 3 FETCH (UID 3 FLAGS (\Flagged))
S: b OK done
C: c APPEND INBOX {3+}
C- x
C-\x0d\x0a
C:  (\Wrong) {3}
S: c NO no such flag
C: d APPEND INBOX {3+}
C- x
C-\x0d\x0a
C:  (\Wrong) {3+}
C- y
C-\x0d\x0a
C:  {3+}
C- z
C-\x0d\x0a
C:
S: d NO no such flag
C: e APPEND INBOX {3+}
C- x
C-\x0d\x0a
C:  {3+}
C- a\x00b
C:
S: e NO [CANNOT] CR or LF alone within a line, or NUL
C: f APPEND INBOX {3+}
C- x
C-\x0d\x0a
C:  junk
S: f BAD APPEND mailbox [(flags)] [date] literal
C: g APPEND INBOX junk {3}
S: g BAD APPEND mailbox [(flags)] [date] literal
C: h APPEND INBOX {0}
S: h NO [CANNOT] a message of no octets
C: i STATUS INBOX (MESSAGES APPENDLIMIT)
S: * STATUS "INBOX" (MESSAGES 3 APPENDLIMIT 67108864)
S: i OK done
C: j APPEND
S: j BAD APPEND mailbox [(flags)] [date] literal
)");
  store.disk.broken = true;
  play(kLogin + R"(
C: a APPEND INBOX {3+}
C- x
C-\x0d\x0a
C:  {3+}
C- y
C-\x0d\x0a
C:
S: a NO [SERVERBUG] disk is broken
)");
  EXPECT_EQ(store.inbox().messages().size(), 3u);
  // Where one cannot be kept, neither are the others.
  store.disk.broken = false;
  store.inbox().unkept = "y\r\n";
  play(kLogin + R"(
C: a APPEND INBOX {3+}
C- x
C-\x0d\x0a
C:  {3+}
C- y
C-\x0d\x0a
C:  {3+}
C- z
C-\x0d\x0a
C:
S: a NO [SERVERBUG] no room for it
)");
  EXPECT_EQ(store.inbox().messages().size(), 3u);
}

// RFC 3516 section 4.4: what is no text is not kept.
TEST_P(ImapServerTest, AppendOfBinary) {
  play(kLogin + R"(
C: a APPEND INBOX ~{5+}
C- a\x00b\x0d\x0a
C:
S: a NO [UNKNOWN-CTE] only text is kept: no NUL, no CR or LF alone
C: b APPEND INBOX ~{3}
S: + go ahead
C- a\x0ab
C:
S: b NO [UNKNOWN-CTE] only text is kept: no NUL, no CR or LF alone
C: c APPEND Nowhere ~{3}
S: c NO [TRYCREATE] no such mailbox
)");
  EXPECT_TRUE(store.inbox().messages().empty());
}

TEST_P(ImapServerTest, AppendsAreBounded) {
  std::string many = "C: a APPEND INBOX";
  for (int i = 0; i < 101; ++i) many += " {1+}\nC- x\nC:";
  play(kLogin + many + "\nS: a NO [LIMIT] too many messages at a time\n");
  settings.max_octets = 10;
  play(login_with_limit("10") +
       "C: a APPEND INBOX {6+}\nC- abcdef\nC:  {5}\n"
       "S: a NO [TOOBIG] messages too large together\n");
  EXPECT_TRUE(store.inbox().messages().empty());
}

}  // namespace
}  // namespace mailtool::serve
