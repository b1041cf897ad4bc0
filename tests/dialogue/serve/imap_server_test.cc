// The IMAP server's side, line by line and octet by octet.

#include "fake_backend.h"
#include "fake_store.h"
#include "mailtool/serve/imap_session.h"
#include "server_player.h"

namespace mailtool::serve {
namespace {

const std::string kCan =
    "IMAP4rev1 LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS MOVE ESEARCH "
    "SPECIAL-USE UNSELECT CHILDREN SASL-IR";
const std::string kGreeting =
    "S: * OK [CAPABILITY " + kCan + " AUTH=PLAIN AUTH=LOGIN] mx\n";
const std::string kLogin = kGreeting + "C: a LOGIN alice secret\nS: a OK [CAPABILITY " +
                           kCan + "] logged in\n";

constexpr const char* kLunch =
    "From: =?utf-8?Q?J=C3=BCrgen?= <j@crepes.example>\r\n"
    "To: team: alice@x.example, bob@y.example;, carol@z.example\r\n"
    "Subject: lunch \"now\"\r\n"
    "Date: Fri, 20 Nov 2026 12:00:00 +0100\r\n"
    "Message-ID: <1@crepes.example>\r\n"
    "\r\n"
    "Noon?\r\nOr one?\r\n";
constexpr const char* kMixed =
    "Subject: menu\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n"
    "\r\n"
    "--x\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    "See it.\r\n"
    "--x\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "Subject: inner\r\n"
    "\r\n"
    "Hi.\r\n"
    "--x--\r\n";

class ImapServerTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { settings.clear_text_login = true; }
  void play(const std::string& dialogue) {
    const auto session = make_imap_session(settings, store, users);
    ServerPlayer player(*session, static_cast<std::size_t>(GetParam()),
                        [&] { ++store.disk.synced; });
    player.play(test::parse_dialogue(dialogue));
  }
  // Logged in, with INBOX selected.
  void play_selected(const std::string& dialogue) {
    const auto count = std::to_string(store.inbox().messages().size());
    const auto next = std::to_string(store.inbox().uidnext());
    std::string unseen;
    for (std::size_t i = 0; i < store.inbox().messages().size(); ++i) {
      if ((store.inbox().messages()[i].flags & kSeen) != 0) continue;
      unseen = "S: * OK [UNSEEN " + std::to_string(i + 1) + "] the first\n";
      break;
    }
    play(kLogin +
         "C: s SELECT inbox\n"
         "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n"
         "S: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft "
         "\\*)] kept\n"
         "S: * " + count + " EXISTS\nS: * 0 RECENT\n" + unseen +
         "S: * OK [UIDVALIDITY 7] for good\n"
         "S: * OK [UIDNEXT " + next + "] the next\n"
         "S: s OK [READ-WRITE] open\n" + dialogue);
  }

  ImapSettings settings{.host = "mx"};
  FakeStore store;
  FakeUsers users;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapServerTest, testing::Values(4096, 7, 1));

TEST_P(ImapServerTest, Login) {
  play(kGreeting + R"(
C: a NOOP
S: a OK done
C: b SELECT INBOX
S: b BAD log in first
C: c LOGIN alice wrong
S: c NO [AUTHENTICATIONFAILED] wrong user or password
C: d AUTHENTICATE CRAM-MD5
S: d NO [CANNOT] no such mechanism
C: e AUTHENTICATE PLAIN
S: + 
C: *
S: e BAD cancelled
C: f AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==
)" + "S: f OK [CAPABILITY " + kCan + R"(] logged in
C: g LOGIN alice secret
S: g BAD not now
C: h FETCH 1 FLAGS
S: h BAD select first
C: i LOGOUT
S: * BYE mx
S: i OK done
<server closes>
)");
  play(kGreeting + "C: a LOGIN {5}\nS: + go ahead\nC- alice\nC:  {6+}\n"
       "C- secret\nC:\nS: a OK [CAPABILITY " + kCan + "] logged in\n");
}

TEST_P(ImapServerTest, Tls) {
  settings.clear_text_login = false;
  settings.starttls = true;
  play("S: * OK [CAPABILITY " + kCan + " STARTTLS LOGINDISABLED] mx\n" +
       R"(C: a LOGIN alice secret
S: a NO [PRIVACYREQUIRED] STARTTLS first
C: b STARTTLS
C: c LOGIN injected x
S: b OK go ahead
<TLS negotiation>
C: d CAPABILITY
S: * CAPABILITY )" + kCan + R"( AUTH=PLAIN AUTH=LOGIN
S: d OK done
C: e STARTTLS
S: e BAD not offered
)");
}

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

TEST_P(ImapServerTest, Fetch) {
  store.inbox().put(kLunch, kSeen);
  store.inbox().put(kMixed);
  play_selected(R"(
C: a FETCH 1:* (FLAGS RFC822.SIZE INTERNALDATE)
S: * 1 FETCH (UID 1 FLAGS (\Seen) RFC822.SIZE 221 INTERNALDATE "20-Nov-2026 12:00:00 +0000")
S: * 2 FETCH (UID 2 FLAGS () RFC822.SIZE 203 INTERNALDATE "20-Nov-2026 12:00:00 +0000")
S: a OK done
C: b UID FETCH 1 ENVELOPE
S: * 1 FETCH (UID 1 ENVELOPE ("Fri, 20 Nov 2026 12:00:00 +0100" "lunch \"now\"" (("=?utf-8?Q?J=C3=BCrgen?=" NIL "j" "crepes.example")) (("=?utf-8?Q?J=C3=BCrgen?=" NIL "j" "crepes.example")) (("=?utf-8?Q?J=C3=BCrgen?=" NIL "j" "crepes.example")) ((NIL NIL "team" NIL)(NIL NIL "alice" "x.example")(NIL NIL "bob" "y.example")(NIL NIL NIL NIL)(NIL NIL "carol" "z.example")) NIL NIL NIL "<1@crepes.example>"))
S: b OK done
C: c FETCH 2 (BODYSTRUCTURE)
S: * 2 FETCH (UID 2 BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 7 0 NIL NIL NIL NIL)("message" "rfc822" NIL NIL NIL "7bit" 21 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" 3 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL) "mixed" ("boundary" "x") NIL NIL NIL))
S: c OK done
C: d FETCH 2 (BODY.PEEK[1] BODY.PEEK[2.HEADER] BODY.PEEK[2.TEXT] BODY.PEEK[1.MIME] BODY.PEEK[3])
S: * 2 FETCH (UID 2 BODY[1] {7}
S: See it. BODY[2.HEADER] {18}
S: Subject: inner
S:
S-  BODY[2.TEXT] {3}
S:
S: Hi. BODY[1.MIME] {43}
S: Content-Type: text/plain; charset=utf-8
S:
S:  BODY[3] NIL)
S: d OK done
C: e FETCH 1 (BODY[HEADER.FIELDS (DATE message-id)] BODY[TEXT]<3.4>)
S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS (DATE MESSAGE-ID)] {73}
S: Date: Fri, 20 Nov 2026 12:00:00 +0100
S: Message-ID: <1@crepes.example>
S:
S:  BODY[TEXT]<3> {4}
S: n?
S- 
S: )
S: e OK done
)");
}

TEST_P(ImapServerTest, SeenIsSetByBodyAlone) {
  store.inbox().put("Subject: a\r\n\r\n");
  store.inbox().put("Subject: b\r\n\r\n");
  play_selected(R"(
C: a FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (UID 1 BODY[TEXT] {0}
S: )
S: a OK done
C: b FETCH 1 BODY[TEXT]
S: * 1 FETCH (UID 1 FLAGS (\Seen) BODY[TEXT] {0}
S: )
S: b OK done
C: c CLOSE
S: c OK done
C: d EXAMINE INBOX
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS ()] kept
S: * 2 EXISTS
S: * 0 RECENT
S: * OK [UNSEEN 2] the first
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 3] the next
S: d OK [READ-ONLY] open
C: e FETCH 2 BODY[TEXT]
S: * 2 FETCH (UID 2 BODY[TEXT] {0}
S: )
S: e OK done
C: f STORE 2 +FLAGS (\Seen)
S: f NO [READ-ONLY] it is examined
C: g UNSELECT
S: g OK done
)");
}

TEST_P(ImapServerTest, Store) {
  for (int i = 0; i < 3; ++i) store.inbox().put("a\r\n", kSeen);
  play_selected(R"(
C: a STORE 1,3 +FLAGS (\Flagged $Work)
S: * 1 FETCH (UID 1 FLAGS (\Flagged \Seen $Work))
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Seen $Work))
S: a OK done
C: b UID STORE 3 -FLAGS.SILENT (\Seen)
S: b OK done
C: c STORE * FLAGS \Deleted
S: * 3 FETCH (UID 3 FLAGS (\Deleted))
S: c OK done
C: d STORE 4 FLAGS ()
S: d BAD no such message
C: e STORE 1 FLAGS (\Wrong)
S: e BAD no such flag
C: f UID STORE 9 FLAGS ()
S: f OK done
C: g UID EXPUNGE 1:2
S: g OK done
C: h EXPUNGE
S: * 3 EXPUNGE
S: h OK done
)");
  EXPECT_EQ(store.inbox().messages().size(), 2u);
}

TEST_P(ImapServerTest, Search) {
  store.inbox().put(kLunch, kSeen);
  store.inbox().put(kMixed);
  store.inbox().put("Subject: old\r\n\r\n", 0, 1'000'000'000);
  play_selected(R"(
C: a SEARCH UNSEEN
S: * SEARCH 2 3
S: a OK done
C: b UID SEARCH RETURN (MIN MAX COUNT ALL) OR SUBJECT LUNCH (SINCE 20-Nov-2026 BODY "see IT")
S: * ESEARCH (TAG "b") UID MIN 1 MAX 2 ALL 1:2 COUNT 2
S: b OK done
C: c SEARCH CHARSET UTF-8 FROM {7+}
C- J\xc3\xbcrgen
C:
S: * SEARCH 1
S: c OK done
C: d SEARCH RETURN () BEFORE 1-Jan-2002 NOT DELETED LARGER 1
S: * ESEARCH (TAG "d") ALL 3
S: d OK done
C: e SEARCH SENTON 20-Nov-2026 UID 1:* 1:2
S: * SEARCH 1
S: e OK done
C: f SEARCH CHARSET KOI8-R ALL
S: f NO [BADCHARSET (UTF-8)] no
C: g SEARCH HEADER Message-ID "" *
S: * SEARCH
S: g OK done
C: h SEARCH FROM
S: h BAD no search
C: i SEARCH (OR SEEN)
S: i BAD no search
C: j UID SEARCH KEYWORD $None
S: * SEARCH
S: j OK done
)");
}

TEST_P(ImapServerTest, CopyAndMove) {
  store.mailboxes->add("Archive");
  for (const auto* text : {"a\r\n", "b\r\n", "c\r\n"}) {
    store.inbox().put(text, kSeen);
  }
  play_selected(R"(
C: a COPY 1,3 Archive
S: a OK [COPYUID 8 1,3 1:2] done
C: b UID MOVE 2:3 Archive
S: * OK [COPYUID 8 2:3 3:4] moved
S: * 2 EXPUNGE
S: * 2 EXPUNGE
S: b OK done
C: c UID COPY 2 Archive
S: c OK nothing to copy
C: d MOVE 1 Nowhere
S: d NO [TRYCREATE] no such mailbox
)");
  EXPECT_EQ(store.mailboxes->box("Archive").text(4), "c\r\n");
  EXPECT_EQ(store.inbox().messages().size(), 1u);
  store.disk.broken = true;
  play_selected("C: a MOVE 1 Archive\nS: a NO [SERVERBUG] disk is broken\n");
  EXPECT_EQ(store.inbox().messages().size(), 1u);
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

TEST_P(ImapServerTest, IdleAndOthers) {
  store.inbox().put("a\r\n", kSeen);
  store.inbox().put("b\r\n", kSeen);
  const auto session = make_imap_session(settings, store, users);
  std::string out;
  const auto say = [&](std::string_view line) {
    out.clear();
    while (!line.empty()) {
      line.remove_prefix(session->feed(line, out));
    }
    return out;
  };
  session->begin(out);
  say("a LOGIN alice secret\r\nb SELECT INBOX\r\n");
  EXPECT_EQ(say("c IDLE\r\n"), "+ idling\r\n");
  (void)store.inbox().remove({1});
  (void)store.inbox().set_flags(2, kDeleted);
  store.inbox().put("c\r\n");
  out.clear();
  session->changed(out);
  EXPECT_EQ(out,
            "* 1 EXPUNGE\r\n* 1 FETCH (UID 2 FLAGS (\\Deleted))\r\n"
            "* 2 EXISTS\r\n");
  EXPECT_EQ(say("DONE\r\n"), "c OK done\r\n");
  // Numbers stay while the client may be using them.
  (void)store.inbox().remove({2});
  EXPECT_EQ(say("d FETCH 1:2 FLAGS\r\n"),
            "* 2 FETCH (UID 3 FLAGS ())\r\nd OK done\r\n");
  EXPECT_EQ(say("e UID FETCH 3 UID\r\n"),
            "* 2 FETCH (UID 3)\r\n* 1 EXPUNGE\r\ne OK done\r\n");
  EXPECT_EQ(say("f IDLE\r\nNONSENSE\r\n"), "+ idling\r\nf BAD DONE is due\r\n");
}

// What a web page can have a browser send.
TEST_P(ImapServerTest, BrowsersAreNotObeyed) {
  play(kGreeting +
       "C: POST / HTTP/1.1\nS: * BYE no HTTP here\n<server closes>\n");
}

TEST_P(ImapServerTest, TooDeepIsAnsweredByItsTag) {
  play(kGreeting + "C: d SEARCH " + std::string(200, '(') + "ALL" +
       std::string(200, ')') + "\nS: d BAD too many brackets or words\n");
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

// STORE, EXPUNGE, MOVE and CLOSE said OK whatever had become of it.
TEST_P(ImapServerTest, WhatTheDiskRefusesIsNotOk) {
  store.mailboxes->add("Old");
  store.inbox().put("a\r\n", kSeen | kDeleted);
  store.inbox().broken = Error{ErrorKind::local_io, "the disk is full"};
  play(kLogin + R"(
C: b SELECT INBOX
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] kept
S: * 1 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 2] the next
S: b OK [READ-WRITE] open
C: c UID STORE 1 +FLAGS (\Flagged)
S: c NO [SERVERBUG] the disk is full
C: d EXPUNGE
S: d NO [SERVERBUG] the disk is full
C: e UID MOVE 1 Old
S: * OK [COPYUID 8 1 1] moved
S: e NO [SERVERBUG] the disk is full
C: f CLOSE
S: f NO [SERVERBUG] the disk is full
)");
}

// Each of two sessions that moved the same message made a copy of it.
TEST_P(ImapServerTest, OneMessageIsMovedOnce) {
  store.mailboxes->add("Old");
  store.inbox().put("a\r\n", kSeen);
  const auto enter = [&] {
    auto session = make_imap_session(settings, store, users);
    std::string out;
    session->begin(out);
    std::string_view lines = "a LOGIN alice secret\r\nb SELECT INBOX\r\n";
    while (!lines.empty()) lines.remove_prefix(session->feed(lines, out));
    return session;
  };
  const auto one = enter();
  const auto other = enter();
  const auto move = [&](Session& session) {
    std::string out;
    (void)session.feed("c UID MOVE 1 Old\r\n", out);
    return out;
  };
  EXPECT_EQ(move(*one), "");
  EXPECT_EQ(one->wait(), Wait::verdict);
  EXPECT_EQ(move(*other), "c OK nothing to copy\r\n");
  std::string out;
  store.disk.broken = true;
  ++store.disk.synced;
  one->settled(out);
  EXPECT_EQ(out, "c NO [SERVERBUG] disk is broken\r\n");
  store.disk.broken = false;
  // Where the first has failed it is there for the second.
  EXPECT_EQ(move(*other), "");
  EXPECT_EQ(move(*one), "c OK nothing to copy\r\n");
  out.clear();
  ++store.disk.synced;
  other->settled(out);
  ++store.disk.synced;
  other->settled(out);
  EXPECT_EQ(out,
            "* OK [COPYUID 8 1 1] moved\r\n* 1 EXPUNGE\r\nc OK done\r\n");
  EXPECT_EQ(store.mailboxes->box("Old").messages().size(), 1u);
  EXPECT_TRUE(store.inbox().messages().empty());
}

TEST_P(ImapServerTest, OddClients) {
  settings.max_errors = 8;
  play(kGreeting + R"(
C:
S: * BAD no command
C: (
S: * BAD no command
C: a+b NOOP
S: * BAD no command
C: a
S: a BAD no such command
C: a LOGIN alice
S: a BAD LOGIN user password
C: a LOGIN {70000}
S: a BAD literal too large
C: a UID FETCH
S: a BAD log in first
C: a XYZZY
S: a BAD no such command
S: * BYE too many errors
<server closes>
)");
  play(kGreeting + "C: a LOGIN {99999999999999999999}\n"
       "S: * BYE literal of no legal size\n<server closes>\n");
}

}  // namespace
}  // namespace mailtool::serve
