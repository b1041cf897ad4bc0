// The IMAP server's side: messages.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

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
S: * 2 FETCH (UID 2 BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 7 0 NIL NIL NIL NIL)("message" "rfc822" NIL NIL NIL "7bit" 21 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL) "mixed" ("boundary" "x") NIL NIL NIL))
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

// Names are the client's to decode, whatever their charset is.
TEST_P(ImapServerTest, EnvelopeHasNamesAsTheHeaderHasThem) {
  store.inbox().put(
      "From: =?utf-8?q?Doe=2C_J?= <j@x.example>\r\n"
      "Sender: =?x-none?q?=E9?=\r\n =?utf-8?b?w7w=?= <s@x.example>\r\n"
      "Reply-To: \"Doe, \\\"J\\\"\" <r@x.example>\r\n"
      "To: =?utf-8?q?t=C3=A9am?=: a@x.example (=?utf-8?q?=C3=A9?=);\r\n"
      "Cc: J\xe9 <c@x.example>\r\n\r\n");
  play_selected(R"(
C: a FETCH 1 ENVELOPE
S- * 1 FETCH (UID 1 ENVELOPE (NIL NIL 
S- (("=?utf-8?q?Doe=2C_J?=" NIL "j" "x.example")) 
S- (("=?x-none?q?=E9?= =?utf-8?b?w7w=?=" NIL "s" "x.example")) 
S- (("Doe, \"J\"" NIL "r" "x.example")) 
S- ((NIL NIL "=?utf-8?q?t=C3=A9am?=" NIL)("=?utf-8?q?=C3=A9?=" NIL "a" "x.example")(NIL NIL NIL NIL)) 
S: (({2}
S- J\xe9
S:  NIL "c" "x.example")) NIL NIL NIL))
S: a OK done
)");
}

// A file that another program has put there may have it; a literal may not.
TEST_P(ImapServerTest, NulGoesOutAsAnotherOctet) {
  using namespace std::string_literals;
  store.inbox().put("Subject: a\0b\r\n\r\nc\0\r\n"s);
  store.inbox().put(
      "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nAGE=\r\n");
  play_selected(R"(
C: a FETCH 1 (RFC822.SIZE ENVELOPE BODY.PEEK[] BODY.PEEK[HEADER.FIELDS (SUBJECT)])
S: * 1 FETCH (UID 1 RFC822.SIZE 20 ENVELOPE (NIL {3}
S- a\x80b
S:  NIL NIL NIL NIL NIL NIL NIL NIL) BODY[] {20}
S: Subject: a\x80b
S:
S: c\x80
S:  BODY[HEADER.FIELDS (SUBJECT)] {16}
S: Subject: a\x80b
S:
S: )
S: a OK done
C: b FETCH 2 BINARY.PEEK[1]
S: * 2 FETCH (UID 2 BINARY[1] ~{2}
S- \x00a
S: )
S: b OK done
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
S: * OK [HIGHESTMODSEQ 11] the highest
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
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work \*)] kept
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
S: * OK [HIGHESTMODSEQ 10] the highest
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

}  // namespace
}  // namespace mailtool::serve
