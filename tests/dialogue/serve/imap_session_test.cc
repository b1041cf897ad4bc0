// The IMAP server's side, line by line and octet by octet: lines, login, and
// what can be asked at any time.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

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
S: g BAD already logged in
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

// It was OK, and then there was nothing to shake hands with.
TEST_P(ImapServerTest, TlsThatCannotBeHad) {
  settings.starttls = true;
  settings.tls_ready = [] { return false; };
  play("S: * OK [CAPABILITY " + kCan + " STARTTLS AUTH=PLAIN AUTH=LOGIN] mx\n" +
       R"(C: a STARTTLS
S: a NO [UNAVAILABLE] TLS is not available now
C: b NOOP
S: b OK done
)");
}

TEST_P(ImapServerTest, AMechanismThatIsNotNamed) {
  play(kGreeting + "C: a AUTHENTICATE\nS: a BAD AUTHENTICATE mechanism\n");
}

TEST_P(ImapServerTest, Tls) {
  settings.tls_ready = [] { return true; };
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

// A first word that is no tag came back, control characters and all.
TEST_P(ImapServerTest, WhatIsNoTagIsNotSaidAgain) {
  for (const auto* word : {"\\x16\\x03\\x01", "\\xc3\\xbc", "a+", "%", "*", "\"a\"",
                           "(a)", "a\\x7f", "+"}) {
    play(kGreeting + "C: " + word + " NOOP\nS: * BAD no command\n");
  }
  play(kGreeting + "C: a]b NOOP\nS: a]b OK done\n");
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
            "* 2 FETCH (UID 3 FLAGS ())\r\n"
            "d NO [EXPUNGEISSUED] messages that are there no more: 1\r\n");
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
  play(kGreeting + "C: \"a b\" LOGIN {70000}\nS: * BAD literal too large\n");
}

TEST_P(ImapServerTest, TooLongALine) {
  const auto session = make_imap_session(settings, store, users);
  const std::string octets(static_cast<std::size_t>(GetParam()), 'x');
  std::string said;
  for (std::size_t fed = 0;
       fed < 2'000'000 && session->wait() == Wait::octets;) {
    fed += session->feed(octets, said);
  }
  EXPECT_EQ(said, "* BYE command of more than 1048576 octets\r\n");
}

}  // namespace
}  // namespace mailtool::serve
