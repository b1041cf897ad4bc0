// The IMAP server's side: what FETCH gives of a message.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

constexpr const char* kEncoded =
    "Subject: encoded\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n"
    "\r\n"
    "--x\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "J=C3=BC=\r\nrgen\r\n"
    "--x\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "YQBiYw==\r\n"
    "--x\r\n"
    "Content-Type: image/png\r\n"
    "Content-Transfer-Encoding: x-mystery\r\n"
    "\r\n"
    "???\r\n"
    "--x--\r\n";

// RFC 3516 section 4.2; a literal8 where there is NUL.
TEST_P(ImapServerTest, BinaryIsDecoded) {
  store.inbox().put(kEncoded, kSeen);
  store.inbox().put(kLunch);
  play_selected(R"(
C: a FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1] BINARY[2] BINARY.SIZE[2])
S: * 1 FETCH (UID 1 BINARY.SIZE[1] 7 BINARY[1] {7}
S: J\xc3\xbcrgen BINARY[2] ~{4}
S: a\x00bc BINARY.SIZE[2] 4)
S: a OK done
C: b UID FETCH 1 (BINARY[2]<1.2> BINARY[2]<3.100> BINARY[1]<4.9>)
S: * 1 FETCH (UID 1 BINARY[2]<1> ~{2}
S: \x00b BINARY[2]<3> ~{1}
S: c BINARY[1]<4> {3}
S: gen)
S: b OK done
C: c FETCH 1 (BINARY[3] UID BINARY.SIZE[3] BINARY[9] BINARY.SIZE[9] BODY.PEEK[3])
S: * 1 FETCH (UID 1 BINARY[9] NIL BINARY.SIZE[9] 0 BODY[3] {3}
S: ???)
S: c NO [UNKNOWN-CTE] a transfer encoding is not known; BODY has it
C: d FETCH 2 (BINARY.SIZE[] BINARY[]<0.5> BINARY.SIZE[1])
S: * 2 FETCH (UID 2 FLAGS (\Seen) BINARY.SIZE[] 221 BINARY[]<0> {5}
S: From: BINARY.SIZE[1] 16)
S: d OK done
C: e FETCH 1 BINARY.SIZE[1]<0.5>
S: e BAD FETCH set items
C: f FETCH 1 BINARY[1.MIME]
S: f BAD FETCH set items
C: g FETCH 1 BINARY[HEADER]
S: g BAD FETCH set items
C: h FETCH 1 BODY[0]
S: h BAD FETCH set items
C: j FETCH 1 BODY[1.]
S: j BAD FETCH set items
C: k FETCH 1 BODY[1TEXT]
S: k BAD FETCH set items
C: l FETCH 1 (UID
S: l BAD a bracket or a quote is missing
C: n SEARCH SUBJECT "x
S: n BAD a bracket or a quote is missing
C: i FETCH 1 FLAGS UID
S: i BAD FETCH set items (CHANGEDSINCE number PARTIAL from:to)
)");;
}

TEST_P(ImapServerTest, OldItemsAndMacros) {
  store.inbox().put("Subject: a\r\n\r\nhi\r\n", kSeen);
  play_selected(R"(
C: a FETCH 1 (RFC822.HEADER RFC822.TEXT RFC822)
S: * 1 FETCH (UID 1 RFC822.HEADER {14}
S: Subject: a
S:
S:  RFC822.TEXT {4}
S: hi
S:  RFC822 {18}
S: Subject: a
S:
S: hi
S: )
S: a OK done
C: b FETCH 1 FAST
S: * 1 FETCH (UID 1 FLAGS (\Seen) RFC822.SIZE 18 INTERNALDATE "20-Nov-2026 12:00:00 +0000")
S: b OK done
C: c FETCH 1 FULL
S: * 1 FETCH (UID 1 FLAGS (\Seen) RFC822.SIZE 18 INTERNALDATE "20-Nov-2026 12:00:00 +0000" ENVELOPE (NIL "a" NIL NIL NIL NIL NIL NIL NIL NIL) BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1))
S: c OK done
)");
}

TEST_P(ImapServerTest, FieldsAsTheyAreFolded) {
  store.inbox().put(
      "Received: by x\r\n\tid 1\r\nReceived: by y\r\nsubject: a\r\n b\r\n"
      "To: c\r\n\r\nd\r\n",
      kSeen);
  play_selected(R"(
C: a FETCH 1 BODY[HEADER.FIELDS (Subject "Received")]
S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT "RECEIVED")] {57}
S: Received: by x
S: \x09id 1
S: Received: by y
S: subject: a
S:  b
S:
S: )
S: a OK done
C: b FETCH 1 BODY[HEADER.FIELDS.NOT (Received TO)]<5.7>
S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS.NOT (RECEIVED TO)]<5> {7}
S: ct: a
S: )
S: b OK done
C: c FETCH 1 (BODY[1] BODY[1.MIME]<0.8> BODY[1.1] BODY[1.HEADER] BODY[2] BODY[TEXT]<1.2>)
S: * 1 FETCH (UID 1 BODY[1] {3}
S: d
S:  BODY[1.MIME]<0> {8}
S: Received BODY[1.1] NIL BODY[1.HEADER] NIL BODY[2] NIL BODY[TEXT]<1> {2}
S:
S: )
S: c OK done
C: d FETCH 1 BODY[HEADER.FIELDS ()]
S: d BAD FETCH set items
C: e FETCH 1 BODY[]<5>
S: e BAD FETCH set items
C: f FETCH 1 (BODY[]<0.0>)
S: f BAD FETCH set items
)");
}

// header-fld-name is an astring, and that may be a literal: it was refused.
TEST_P(ImapServerTest, NamesOfFieldsAsLiterals) {
  store.inbox().put("Subject: a\r\nTo: c\r\nDate: d\r\n\r\nx\r\n", kSeen);
  play_selected(R"(
C: a FETCH 1 BODY[HEADER.FIELDS ({7}
S: + go ahead
C- subject
C: )]
S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS ("SUBJECT")] {14}
S: Subject: a
S:
S: )
S: a OK done
C: b FETCH 1 (FLAGS BODY.PEEK[HEADER.FIELDS.NOT (To {7+}
C- Subject
C:  "Cc" {1+}
C- X
C: )]<0.4> UID)
S: * 1 FETCH (UID 1 FLAGS (\Seen) BODY[HEADER.FIELDS.NOT (TO "SUBJECT" "CC" "X")]<0> {4}
S: Date)
S: b OK done
C: c UID FETCH 1 BODY[HEADER.FIELDS ({2+}
C- To
C: )] (CHANGEDSINCE 10)
S: * OK [HIGHESTMODSEQ 10] the highest
S: c OK done
C: d FETCH 1 BODY[HEADER.FIELDS ({4+}
C- a\x0d\x0ab
C: )]
S: d BAD FETCH set items
C: e FETCH 1 BODY[HEADER.FIELDS ({3+}
C- a"b
C: )]
S: e BAD FETCH set items
C: f FETCH 1 BODY[HEADER.FIELDS ({2+}
C- To
C: )
S: f BAD FETCH set items
C: g FETCH 1 (BODY[HEADER.FIELDS ({2+}
C- To
C: ) FLAGS)
S: g BAD FETCH set items
C: h FETCH 1 BODY[HEADER.FIELDS (({2+}
C- To
C: ))]
S: h BAD FETCH set items
C: i FETCH 1 BODY[HEADER.FIELDS ({0+}
C: )]
S: i BAD FETCH set items
)");
}

// Parts of a message within a message, one of which is no multipart.
TEST_P(ImapServerTest, PartsOfMessagesWithin) {
  store.inbox().put(
      "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n"
      "Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\none\r\n"
      "--y\r\nContent-Type: text/html\r\n\r\ntwo\r\n--y--\r\n",
      kSeen);
  play_selected(R"(
C: a FETCH 1 (BODY[1.1] BODY[1.2.MIME] BODY[1.2] BODY[1.HEADER]<0.11> BODY[1.3] BODY[1.1.1])
S: * 1 FETCH (UID 1 BODY[1.1] {3}
S: one BODY[1.2.MIME] {27}
S: Content-Type: text/html
S:
S:  BODY[1.2] {3}
S: two BODY[1.HEADER]<0> {11}
S: Subject: in BODY[1.3] NIL BODY[1.1.1] NIL)
S: a OK done
)");
}

// Names that are no ASCII, and what stands in lists.
TEST_P(ImapServerTest, StructureIsAscii) {
  store.inbox().put(
      "Content-Type: image/png; name=\"=?utf-8?Q?=C3=BC?= a.png\"\r\n"
      "Content-Language: en, de\r\n"
      "Content-Disposition: inline; filename*=utf-8''%C3%BC%20a.png\r\n\r\n"
      "a\r\n",
      kSeen);
  store.inbox().put(
      "Content-Type: text/html; charset=utf-8\r\nContent-Language: fr\r\n\r\n",
      kSeen);
  play_selected(R"(
C: a FETCH 1 BODYSTRUCTURE
S: * 1 FETCH (UID 1 BODYSTRUCTURE ("image" "png" ("name*" "utf-8''%C3%BC%20a.png") NIL NIL "7bit" 3 NIL ("inline" ("filename*" "utf-8''%C3%BC%20a.png")) ("en" "de") NIL))
S: a OK done
C: b FETCH 2 BODYSTRUCTURE
S: * 2 FETCH (UID 2 BODYSTRUCTURE ("text" "html" ("charset" "utf-8") NIL NIL "7bit" 0 0 NIL NIL ("fr") NIL))
S: b OK done
)");
}

// What is left out is told of.
TEST_P(ImapServerTest, WhatCannotBeReadIsNotOk) {
  for (const auto* text : {"a\r\n\r\n", "b\r\n\r\n", "c\r\n\r\n"}) {
    store.inbox().put(text, kSeen);
  }
  store.inbox().unreadable = 2;
  play_selected(R"(
C: a FETCH 1:3 BODY[]<0.1>
S: * 1 FETCH (UID 1 BODY[]<0> {1}
S: a)
S: * 3 FETCH (UID 3 BODY[]<0> {1}
S: c)
S: a NO [SERVERBUG] messages that cannot be read: 1, the first has UID 2: cannot read
C: b FETCH 2 FLAGS
S: * 2 FETCH (UID 2 FLAGS (\Seen))
S: b OK done
C: c SEARCH BODY c
S: * SEARCH 3
S: c NO [SERVERBUG] messages that cannot be read: 1
C: d UID SEARCH UID 1,3 TEXT C
S: * SEARCH 3
S: d OK done
)");
}

// A session that fetches, one octet of which is taken at a time by the loop.
class FetchAlone : public testing::Test {
 protected:
  std::unique_ptr<Session> enter(ImapSettings& settings) {
    settings.clear_text_login = true;
    auto session = make_imap_session(settings, store_, users_);
    std::string out;
    session->begin(out);
    std::string_view lines = "a LOGIN alice secret\r\nb SELECT INBOX\r\n";
    while (!lines.empty()) lines.remove_prefix(session->feed(lines, out));
    return session;
  }
  FakeStore store_;
  FakeUsers users_;
};

// No more than a portion is ever in memory, and what is expunged while it goes
// out goes out all the same.
TEST_F(FetchAlone, MessagesGoOutInPortions) {
  std::string text = "Subject: long\r\n\r\n";
  for (int i = 0; i < 40'000; ++i) text += "line " + std::to_string(i) + "\r\n";
  store_.inbox().put(text, kSeen);
  ImapSettings settings{.host = "mx"};
  const auto session = enter(settings);
  std::string out;
  (void)session->feed("c FETCH 1 (BODY.PEEK[] BODY.PEEK[TEXT]<100000.200000>)\r\n", out);
  std::string all;
  std::size_t most = 0;
  (void)store_.inbox().remove({1});
  while (session->wait() == Wait::room) {
    most = std::max(most, out.size());
    all += std::exchange(out, {});
    session->more(out);
  }
  all += out;
  EXPECT_LT(most, 80u * 1024);
  const auto announced = " BODY[TEXT]<100000> {200000}\r\n";
  // Not EXPECT_EQ, which would look for what differs.
  EXPECT_TRUE(all ==
              "* 1 FETCH (UID 1 BODY[] {" + std::to_string(text.size()) +
                  "}\r\n" + text + announced + text.substr(100'017, 200'000) +
                  ")\r\nc OK done\r\n")
      << all.substr(0, 80) << all.substr(all.size() - 80);
}

// What the client has been promised and cannot get would be taken from what
// follows it.
TEST_F(FetchAlone, HangsUpWhereLessComesThanWasAnnounced) {
  store_.inbox().put("Subject: a\r\n\r\nhi\r\n", kSeen);
  store_.inbox().truncated = 10;
  ImapSettings settings{.host = "mx"};
  const auto session = enter(settings);
  std::string out;
  (void)session->feed("c FETCH 1 BODY.PEEK[]\r\n", out);
  EXPECT_EQ(out, "* 1 FETCH (UID 1 BODY[] {18}\r\nSubject: a");
  EXPECT_EQ(session->wait(), Wait::close);
}

// Which parts of it were asked for before does not change what a part is.
TEST_F(FetchAlone, PartAfterPart) {
  std::string decoded;
  for (int i = 0; i < 30'000; ++i) decoded += static_cast<char>('a' + i % 23);
  std::string wire;
  for (std::size_t i = 0; i < decoded.size(); i += 50) {
    wire += decoded.substr(i, 50) + "=\r\n";
  }
  store_.inbox().put(
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + wire, kSeen);
  ImapSettings settings{.host = "mx"};
  const auto session = enter(settings);
  for (const std::size_t at : {0u, 100u, 7000u, 3000u, 29'990u, 40'000u, 0u}) {
    std::string out;
    (void)session->feed("c FETCH 1 BINARY.PEEK[1]<" + std::to_string(at) + ".7000>\r\n",
                        out);
    const auto part = at < decoded.size() ? decoded.substr(at, 7000) : "";
    EXPECT_EQ(out, "* 1 FETCH (UID 1 BINARY[1]<" + std::to_string(at) + "> {" +
                       std::to_string(part.size()) + "}\r\n" + part +
                       ")\r\nc OK done\r\n");
  }
}

}  // namespace
}  // namespace mailtool::serve
