// Servers that fail on purpose, line by line and octet by octet.

#include "fake_servers.h"
#include "mailtool/serve/faulty_session.h"

namespace mailtool::serve {
namespace {

using std::chrono::milliseconds;

class Faults : public FakeServers {
 protected:
  void SetUp() override {
    drops.messages["bob"] = {"Subject: one\r\n\r\n1\r\n",
                             "Subject: two\r\n\r\n2\r\n",
                             "Subject: three\r\n\r\n3\r\n"};
  }
  void fail(const char* text) {
    auto rule = parse_fault_rule(text);
    ASSERT_TRUE(rule) << rule.error().one_line();
    rules.add(*std::move(rule));
  }
  std::unique_ptr<Session> smtp(milliseconds delay = milliseconds(0)) {
    return make_faulty_session(kSmtp, rules, delay, [&](FaultHook& hook) {
      return make_smtp_session(smtp_settings, backend, users, &hook);
    });
  }
  std::unique_ptr<Session> pop3() {
    return make_faulty_session(
        kPop3, rules, milliseconds(0), [&](FaultHook& hook) {
          return make_pop3_session(pop3_settings, drops, users, &hook);
        });
  }
  std::unique_ptr<Session> imap() {
    return make_faulty_session(
        kImap, rules, milliseconds(0), [&](FaultHook& hook) {
          return make_imap_session(imap_settings, store, users, &hook);
        });
  }
  void play(std::unique_ptr<Session> session, std::string_view dialogue) {
    auto player = player_of(*session);
    player.play(test::parse_dialogue(dialogue));
    waited = player.waited();
  }

  FaultRules rules;
  milliseconds waited{0};
};
INSTANTIATE_TEST_SUITE_P(Chunk, Faults, testing::Values(4096, 7, 1));

constexpr std::string_view kEnvelope = R"(
S: 220 mx.crepes.example ESMTP
C: HELO laptop.example
S: 250 mx.crepes.example
C: MAIL FROM:<bob@hamburger.example>
S: 250 2.1.0 sender taken
)";

TEST_P(Faults, GreylistedOnce) {
  fail("rcpt:alice@*=451 4.7.1 greylisted; once");
  play(smtp(), std::string(kEnvelope) + R"(
C: RCPT TO:<bob@crepes.example>
S: 250 2.1.5 recipient taken
C: RCPT TO:<alice@crepes.example>
S: 451 4.7.1 greylisted
C: QUIT
S: 221 2.0.0 mx.crepes.example bye
<server closes>
)");
  // The rule counts over all sessions.
  play(smtp(), std::string(kEnvelope) + R"(
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
)");
}

TEST_P(Faults, RefusedGreetings) {
  fail("connect=421 4.3.2 busy; once");
  fail("connect=-ERR [SYS/TEMP] busy; once");
  fail("connect=BYE busy; once");
  fail("smtp connect=drop; once");
  play(smtp(), "S: 421 4.3.2 busy\n<server closes>\n");
  play(pop3(), "S: -ERR [SYS/TEMP] busy\n<server closes>\n");
  play(imap(), "S: * BYE busy\n<server closes>\n");
  play(smtp(), "<server closes>\n");
  play(smtp(), "S: 220 mx.crepes.example ESMTP\n");
}

// RFC 5321 section 3.1: it was hung up at once, though the client has a QUIT to
// say, and 503 is the answer to anything else.
TEST_P(Faults, A554InsteadOfAGreetingWaitsForQuit) {
  fail("connect=554 5.3.2 no; once");
  play(smtp(), R"(
S: 554 5.3.2 no
C: EHLO laptop.example
S: 503 5.5.1 no service here: QUIT
C: MAIL FROM:<bob@hamburger.example>
S: 503 5.5.1 no service here: QUIT
C: AUTH PLAIN AGJvYgBzZWNyZXQ=
S: 503 5.5.1 no service here: QUIT
C: NOOP
S: 503 5.5.1 no service here: QUIT
C: QUIT
S: 221 2.0.0 mx.crepes.example bye
<server closes>
)");
  play(smtp(), "S: 220 mx.crepes.example ESMTP\n");
}

// Nobody is listened to for ever.
TEST_P(Faults, NobodyRefusedStaysForEver) {
  fail("connect=554 no");
  smtp_settings.max_errors = 2;
  play(smtp(), R"(
S: 554 no
C: HELO x
S: 503 5.5.1 no service here: QUIT
C: HELO x
S: 421 4.4.2 mx.crepes.example too many errors
<server closes>
)");
}

// RFC 5321 section 3.8: 421 is the last reply, whatever it is said to.
TEST_P(Faults, A421Closes) {
  fail("mail=421 4.3.2 later");
  play(smtp(), R"(
S: 220 mx.crepes.example ESMTP
C: HELO laptop.example
S: 250 mx.crepes.example
C: MAIL FROM:<bob@hamburger.example>
S: 421 4.3.2 later
<server closes>
)");
}

TEST_P(Faults, EveryCommandOfSmtp) {
  for (const auto* rule :
       {"ehlo=550 1 ; once", "noop=550 2 ; once", "vrfy=550 3; once",
        "help=550 4; once", "mail:bob@*=550 5; once", "data=550 6; once",
        "rset=550 7; once", "auth:bob=550 8; once", "bdat=550 9; once",
        "starttls=454 10; once", "quit=550 11; once"}) {
    fail(rule);
  }
  play(smtp(), R"(
S: 220 mx.crepes.example ESMTP
C: EHLO laptop.example
S: 550 1
C: HELO laptop.example
S: 250 mx.crepes.example
C: NOOP
S: 550 2
C: VRFY bob
S: 550 3
C: HELP
S: 550 4
C: STARTTLS
S: 454 10
C: AUTH PLAIN AGJvYgBzZWNyZXQ=
S: 550 8
C: MAIL FROM:<bob@hamburger.example>
S: 550 5
C: MAIL FROM:<bob@hamburger.example>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 550 6
C: RSET
S: 550 7
C: BDAT 4
C-xxxx
S: 550 9
C: RSET
S: 250 2.0.0 done
C: QUIT
S: 550 11
C: QUIT
S: 221 2.0.0 mx.crepes.example bye
<server closes>
)");
  EXPECT_TRUE(backend.delivered.empty());
}

constexpr std::string_view kMessage = R"(
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 354 end with a dot on a line by itself
C: Subject: lunch
C:
C: Noon?
C: .
)";

TEST_P(Faults, TheMessageIsRefusedAtItsEnd) {
  fail("dot:alice@*=552 5.2.2 full; once");
  play(smtp(), std::string(kEnvelope) + std::string(kMessage) + R"(
S: 552 5.2.2 full
C: MAIL FROM:<bob@hamburger.example>
S: 250 2.1.0 sender taken
)" + std::string(kMessage) +
                   "S: 250 2.0.0 taken\n");
  EXPECT_EQ(backend.delivered.size(), 1u);
}

TEST_P(Faults, DropWithinAMessageKeepsNothing) {
  fail("data=drop after 20");
  play(smtp(), std::string(kEnvelope) + R"(
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 354 end with a dot on a line by itself
C: Subject: lunch
C-aaaa
<server closes>
)");
  EXPECT_TRUE(backend.delivered.empty());
}

// The outcome that a client cannot know: it is there, and nobody says so.
TEST_P(Faults, DropBehindAMessageKeepsIt) {
  fail("data=drop after 1000");
  play(smtp(),
       std::string(kEnvelope) + std::string(kMessage) + "<server closes>\n");
  EXPECT_EQ(backend.delivered.size(), 1u);
}

TEST_P(Faults, DelaysHoldTheAnswerAndWhatFollows) {
  fail("noop=delay 2s; once");
  play(smtp(), R"(
S: 220 mx.crepes.example ESMTP
C: NOOP
C: NOOP
S: 250 2.0.0 done
S: 250 2.0.0 done
)");
  EXPECT_EQ(waited, milliseconds(2000));
}

TEST_P(Faults, DelayBeforeEachAnswer) {
  play(smtp(milliseconds(100)),
       std::string(kEnvelope) + std::string(kMessage) + "S: 250 2.0.0 taken\n");
  // Greeting, HELO, MAIL, RCPT, DATA, message.
  EXPECT_EQ(waited, milliseconds(600));
}

// Three messages for bob.
constexpr std::string_view kLogin = R"(
S: +OK mx.crepes.example POP3
C: USER bob
S: +OK
C: PASS secret
S: +OK 3 messages
)";

TEST_P(Faults, Pop3) {
  fail("auth:bob=-ERR [SYS/TEMP] later; once");
  fail("user:bob=-ERR no; once");
  fail("dele:2=-ERR not this; once");
  fail("quit=-ERR not yet; once");
  play(pop3(), R"(
S: +OK mx.crepes.example POP3
C: USER bob
S: -ERR no
C: USER bob
S: +OK
C: PASS secret
S: -ERR [SYS/TEMP] later
C: AUTH PLAIN AGJvYgBzZWNyZXQ=
S: +OK 3 messages
C: DELE 1
S: +OK
C: DELE 2
S: -ERR not this
C: QUIT
S: -ERR not yet
C: QUIT
S: +OK bye
<server closes>
)");
}

TEST_P(Faults, DropWithinAnAnswer) {
  fail("retr:1=drop after 12");
  play(pop3(), std::string(kLogin) + R"(
C: RETR 1
S: +OK
S-Subject
<server closes>
)");
}

TEST_P(Faults, DropBehindAnAnswer) {
  fail("dele=drop after 1000");
  play(pop3(), std::string(kLogin) + R"(
C: DELE 1
S: +OK
<server closes>
)");
}

const std::string kOfFaulty = "S: * OK [CAPABILITY " + kCan +
                              " AUTH=PLAIN AUTH=LOGIN] mx.crepes.example\n";
const std::string kWithin =
    "C: a LOGIN alice secret\nS: a OK [CAPABILITY " + kCan + "] logged in\n";

TEST_P(Faults, ImapLogins) {
  fail("login:alice=NO [UNAVAILABLE] later; 2 times");
  play(imap(), kOfFaulty + R"(
C: a LOGIN alice secret
S: a NO [UNAVAILABLE] later
C: b AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==
S: b NO [UNAVAILABLE] later
C: c SELECT INBOX
S: c BAD log in first
)" + kWithin);
}

TEST_P(Faults, ImapByMailbox) {
  fail("select:Trash=NO [CANNOT] no");
  fail("fetch:inbox=NO [UNAVAILABLE] later; once");
  fail("copy:*=NO [OVERQUOTA] full");
  fail("imap noop=BYE going down");
  play(imap(), kOfFaulty + kWithin + R"(
C: b SELECT Trash
S: b NO [CANNOT] no
C: c SELECT inbox
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] kept
S: * 0 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 7] for good
S: * OK [UIDNEXT 1] the next
S: * OK [HIGHESTMODSEQ 10] the highest
S: c OK [READ-WRITE] open
C: d UID FETCH 1:* FLAGS
S: d NO [UNAVAILABLE] later
C: e UID FETCH 1:* FLAGS
S: e OK done
C: f COPY 1:* Trash
S: f NO [OVERQUOTA] full
C: g NOOP
S: * BYE going down
<server closes>
)");
}

// With a literal that waits, and with one that does not.
TEST_P(Faults, ImapAppend) {
  fail("append:INBOX=NO [OVERQUOTA] full; 2 times");
  play(imap(), kOfFaulty + kWithin + R"(
C: b APPEND INBOX {4}
S: b NO [OVERQUOTA] full
C: c APPEND INBOX {4+}
C: xxxx
S: c NO [OVERQUOTA] full
C: d NOOP
S: d OK done
)");
}

TEST_P(Faults, DropWithinAnAppendedMessage) {
  fail("append=drop after 3");
  play(imap(), kOfFaulty + kWithin + R"(
C: b APPEND INBOX {4}
S: + go ahead
C-xxx
<server closes>
)");
}

}  // namespace
}  // namespace mailtool::serve
