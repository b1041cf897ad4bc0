// The IMAP server's side: SEARCH.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

// RFC 9051 section 6.4.4: encodings and charsets are decoded, case does not
// matter, in no script.
TEST_P(ImapServerTest, SearchDecodes) {
  store.inbox().put(
      "Subject: =?iso-8859-1?Q?=DCbersicht?=\r\n"
      "Content-Type: text/plain; charset=iso-8859-1\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
      "Ein =C4rger in zwei Zei=\r\nlen.\r\n",
      kSeen);
  store.inbox().put(
      "Subject: two\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: text/html; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n"
      // "ПРИВЕТ <b>mondo</b>"
      "0J/QoNCY0JLQldCiIDxiPm1vbmRvPC9iPg==\r\n"
      "--x\r\nContent-Type: application/pdf; name=mondo2.pdf\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\nYmluYXJ5\r\n"
      "--x\r\nContent-Type: message/rfc822\r\n\r\n"
      "Subject: =?utf-8?Q?inner_=C3=A9?=\r\n\r\nDeep.\r\n--x--\r\n",
      kSeen);
  play_selected(R"(
C: a SEARCH SUBJECT {10+}
C- \xc3\xbcBERSICHT
C:
S: * SEARCH 1
S: a OK done
C: b SEARCH CHARSET UTF-8 BODY "\xc3\xa4rger in zwei zeilen"
S: * SEARCH 1
S: b OK done
C: c SEARCH BODY "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"
S: * SEARCH 2
S: c OK done
C: d SEARCH BODY "MONDO</B>"
S: * SEARCH 2
S: d OK done
C: e SEARCH BODY mondo2
S: * SEARCH
S: e OK done
C: f SEARCH TEXT mondo2
S: * SEARCH 2
S: f OK done
C: g SEARCH BODY "INNER \xc3\x89"
S: * SEARCH 2
S: g OK done
C: h SEARCH SUBJECT inner
S: * SEARCH
S: h OK done
C: i SEARCH OR BODY YmluYXJ5 BODY deep
S: * SEARCH 2
S: i OK done
C: j SEARCH BODY "Subject: two"
S: * SEARCH
S: j OK done
C: k SEARCH TEXT "subject: TWO" NOT TEXT "nowhere" HEADER Subject ""
S: * SEARCH 2
S: k OK done
C: l SEARCH NOT HEADER X-None "" BODY "" TEXT ""
S: * SEARCH 1 2
S: l OK done
)");
}

TEST_P(ImapServerTest, SearchKeys) {
  settings.now = [] { return std::int64_t{1'795'176'000 + 3600}; };
  store.inbox().put(kLunch, kSeen);
  store.inbox().put("Date: Thu, 19 Nov 2026 23:30:00 -0500\r\n\r\n", kDeleted);
  store.inbox().put("a\r\n", 0, 1'795'176'000 + 3000);
  play_selected(R"(
C: z STORE 3 +FLAGS.SILENT ($Work)
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work \*)] kept
S: z OK done
C: a SEARCH KEYWORD $wORK
S: * SEARCH 3
S: a OK done
C: b SEARCH UNKEYWORD $Work UNKEYWORD Other
S: * SEARCH 1 2
S: b OK done
C: c SEARCH SENTBEFORE 20-Nov-2026
S: * SEARCH 2
S: c OK done
C: d SEARCH SENTSINCE "20-Nov-2026"
S: * SEARCH 1
S: d OK done
C: e SEARCH YOUNGER 3599
S: * SEARCH 3
S: e OK done
C: f SEARCH OLDER 3600
S: * SEARCH 1 2
S: f OK done
C: g SEARCH OLDER 0
S: g BAD no search
C: h SEARCH NEW
S: * SEARCH
S: h OK done
C: i SEARCH (OR (SEEN) (NOT (OR UNDELETED SMALLER 3))) 1:*
S: * SEARCH 1 2
S: i OK done
C: j SEARCH NOT (UID 5:* OR 1 2)
S: * SEARCH 1 2 3
S: j OK done
C: k SEARCH CHARSET us-ascii ON 20-Nov-2026 UNDRAFT UNANSWERED UNFLAGGED
S: * SEARCH 1 2 3
S: k OK done
C: l SEARCH RETURN (PARTIAL 2:3 COUNT) ALL
S: * ESEARCH (TAG "l") COUNT 3 PARTIAL (2:3 2:3)
S: l OK done
C: m UID SEARCH RETURN (PARTIAL -1:-2) 1:2
S: * ESEARCH (TAG "m") UID PARTIAL (-1:-2 1:2)
S: m OK done
C: n SEARCH RETURN (PARTIAL 10:20) ALL
S: * ESEARCH (TAG "n") PARTIAL (10:20 NIL)
S: n OK done
C: o SEARCH RETURN (PARTIAL 1:-2) ALL
S: o BAD no search
C: p SEARCH RETURN (ALL PARTIAL 1:2) ALL
S: p BAD no search
C: q UID FETCH 1:* (FLAGS) (PARTIAL -1:-1)
S: * 3 FETCH (UID 3 FLAGS ($Work))
S: q OK done
C: r FETCH 1:* FLAGS (PARTIAL -1:-1)
S: r BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
)");
}

// What was found out of headers is known to the sessions that come later.
TEST_P(ImapServerTest, HeadersAreReadOnce) {
  store.inbox().put(kLunch, kSeen);
  store.inbox().put(kMixed, kSeen);
  play_selected("C: a SEARCH SUBJECT lunch\nS: * SEARCH 1\nS: a OK done\n");
  store.inbox().unreadable = 1;
  play_selected(R"(
C: a SEARCH OR FROM JRGEN NOT (SENTBEFORE 1-Jan-2027 SUBJECT "NOW" TO team CC "")
S: * SEARCH 1 2
S: a OK done
C: b SEARCH SUBJECT menu NOT HEADER Bcc ""
S: * SEARCH 2
S: b OK done
C: c SEARCH SUBJECT lunch HEADER Message-ID crepes
S: * SEARCH
S: c NO [SERVERBUG] messages that cannot be read: 1
C: d SEARCH SUBJECT menu BODY hi
S: * SEARCH 2
S: d OK done
)");
}

// RFC 5182: "$".
TEST_P(ImapServerTest, SearchResultIsRemembered) {
  for (int i = 0; i < 4; ++i) store.inbox().put("a\r\n", i == 1 ? 0 : kSeen);
  store.mailboxes->add("Old");
  play_selected(R"(
C: a FETCH $ UID
S: a OK done
C: b SEARCH RETURN (SAVE) SEEN
S: b OK done
C: c FETCH $ UID
S: * 1 FETCH (UID 1)
S: * 3 FETCH (UID 3)
S: * 4 FETCH (UID 4)
S: c OK done
C: d UID SEARCH RETURN (SAVE MIN) $ NOT 1
S: * ESEARCH (TAG "d") UID MIN 3
S: d OK done
C: e UID STORE $ +FLAGS (\Deleted)
S: * 3 FETCH (UID 3 FLAGS (\Deleted \Seen))
S: e OK done
C: f COPY $ Old
S: f OK [COPYUID 8 3 1] done
C: g SEARCH UID $
S: * SEARCH 3
S: g OK done
C: h SEARCH RETURN (SAVE COUNT) NOT $
S: * ESEARCH (TAG "h") COUNT 3
S: h OK done
C: i UID EXPUNGE $
S: i OK done
C: j UID MOVE $ Old
S: * OK [COPYUID 8 1:2,4 2:4] moved
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: * 2 EXPUNGE
S: j OK done
C: k SEARCH $
S: * SEARCH
S: k OK done
C: l SEARCH RETURN (SAVE) ALL
S: l OK done
C: m SEARCH RETURN (SAVE) XYZZY
S: m BAD no search
C: n SEARCH $
S: * SEARCH 1
S: n OK done
C: o SEARCH RETURN (SAVE) CHARSET X-Y ALL
S: o NO [BADCHARSET (UTF-8)] no
C: p SEARCH $
S: * SEARCH
S: p OK done
)");
}

// RFC 9051 section 6.4.4: SEARCH is no more answered by SEARCH.
TEST_P(ImapServerTest, RevisionTwoIsAnsweredByEsearch) {
  store.inbox().put("a\r\n", kSeen);
  store.inbox().put("b\r\n", kSeen);
  play_selected(R"(
C: a ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: a OK done
C: b UID SEARCH SEEN
S: * ESEARCH (TAG "b") UID ALL 1:2
S: b OK done
C: c SEARCH DELETED
S: * ESEARCH (TAG "c")
S: c OK done
)");
}

TEST_P(ImapServerTest, SearchIsBounded) {
  store.inbox().put("a\r\n", kSeen);
  std::string nots = "SEEN";
  for (int i = 0; i < 400; ++i) nots = "NOT " + nots;
  std::string texts;
  for (int i = 0; i < 101; ++i) texts += " BODY x";
  play_selected("C: a SEARCH " + nots + "\nS: * SEARCH 1\nS: a OK done\n" +
                "C: b SEARCH NOT " + nots + nots.substr(0, 800) +
                "\nS: b BAD no search\n" + "C: c SEARCH" + texts +
                "\nS: c BAD no search\n");
}

// A search of many messages is no reason for others to wait.
TEST(ImapSearch, GivesWay) {
  FakeStore store;
  FakeUsers users;
  ImapSettings settings{.host = "mx"};
  settings.clear_text_login = true;
  for (int i = 0; i < 2000; ++i) {
    store.inbox().put("Subject: " + std::to_string(i) + "\r\n\r\n" +
                          std::string(2000, 'a') + "\r\n",
                      kSeen);
  }
  store.inbox().put("\r\n" + std::string(20'000'000, 'a') + "b", kSeen);
  const auto session = make_imap_session(settings, store, users);
  std::string out;
  session->begin(out);
  std::string_view lines =
      "a LOGIN alice secret\r\nb SELECT INBOX\r\n"
      "c SEARCH RETURN (COUNT) OR SUBJECT 7 BODY ab\r\n";
  while (!lines.empty()) lines.remove_prefix(session->feed(lines, out));
  int turns = 0;
  for (out.clear(); session->wait() == Wait::room; ++turns) {
    session->more(out);
    // Another session's removal comes in between.
    if (turns == 0) (void)store.inbox().remove({1998, 2000});
  }
  EXPECT_GT(turns, 20);
  // 7, 17 … in three places less those in two and in three; and the long one.
  EXPECT_EQ(out, "* ESEARCH (TAG \"c\") COUNT 542\r\nc OK done\r\n");
}

}  // namespace
}  // namespace mailtool::serve
