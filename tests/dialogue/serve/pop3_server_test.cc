// The POP3 server's side, line by line and octet by octet.

#include "fake_backend.h"
#include "fake_maildrop.h"
#include "mailtool/pop3/command.h"
#include "mailtool/serve/pop3_session.h"
#include "server_player.h"

namespace mailtool::serve {
namespace {

constexpr const char* kLogin = R"(
S: +OK mx.crepes.example POP3
C: USER alice
S: +OK
C: PASS secret
S: +OK 3 messages
)";

// What CAPA has wherever the client is.
const std::string kCan =
    "S: TOP\nS: UIDL\nS: RESP-CODES\nS: AUTH-RESP-CODE\nS: PIPELINING\nS: UTF8\n";

class Pop3Server : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    settings.clear_text_login = true;
    maildrops.messages["alice"] = {
        "Subject: a\r\n\r\n.one\r\ntwo\r\nthree\r\n", "Subject: b\r\n\r\n",
        "Subject: c\r\n\r\nno line end"};
  }
  void play(const std::string& dialogue) {
    const auto session = make_pop3_session(settings, maildrops, users);
    ServerPlayer player(*session, static_cast<std::size_t>(GetParam()),
                        [&] { maildrops.sync(); });
    player.play(test::parse_dialogue(dialogue));
  }

  Pop3Settings settings{.host = "mx.crepes.example"};
  FakeMaildrops maildrops;
  FakeUsers users;
};
INSTANTIATE_TEST_SUITE_P(Chunk, Pop3Server, testing::Values(4096, 7, 1));

// All that there are are known before the login is over.
TEST_P(Pop3Server, MessagesOfOtherProgramsAreTakenIn) {
  maildrops.arriving = {"Subject: d\r\n\r\n", "Subject: e\r\n\r\n"};
  play(R"(
S: +OK mx.crepes.example POP3
C: USER alice
S: +OK
C: PASS secret
S: +OK 5 messages
C: STAT
S: +OK 5 99
)");
}

TEST_P(Pop3Server, MessagesOfOtherProgramsCannotBeTakenIn) {
  maildrops.arriving = {"Subject: d\r\n\r\n"};
  maildrops.unseen = true;
  play(R"(
S: +OK mx.crepes.example POP3
C: USER alice
S: +OK
C: PASS secret
S: -ERR [SYS/TEMP] the maildrop cannot be opened
C: STAT
S: -ERR not now, or no such command
)");
}

TEST_P(Pop3Server, Session) {
  play(std::string(kLogin) + R"(
C: STAT
S: +OK 3 71
C: LIST
S: +OK
S: 1 32
S: 2 14
S: 3 25
S: .
C: UIDL
S: +OK
S: 1 7.40
S: 2 7.41
S: 3 7.42
S: .
C: RETR 1
S: +OK
S: Subject: a
S:
S: ..one
S: two
S: three
S: .
C: RETR 3
S: +OK
S: Subject: c
S:
S: no line end
S: .
C: TOP 1 2
S: +OK
S: Subject: a
S:
S: ..one
S: two
S: .
C: TOP 1 0
S: +OK
S: Subject: a
S:
S: .
C: TOP 2 1000000
S: +OK
S: Subject: b
S:
S: .
C: LIST 2
S: +OK 2 14
C: UIDL 2
S: +OK 2 7.41
C: DELE 2
S: +OK
C: DELE 2
S: -ERR no such message
C: LIST 2
S: -ERR no such message
C: STAT
S: +OK 2 57
C: LIST
S: +OK
S: 1 32
S: 3 25
S: .
C: NOOP
S: +OK
C: QUIT
S: +OK bye
<server closes>
)");
  EXPECT_EQ(maildrops.messages["alice"].size(), 2u);
}

TEST_P(Pop3Server, OneFlight) {
  play(std::string(kLogin) + R"(
C: DELE 1
C: DELE 3
C: RSET
C: DELE 2
C: STAT
C: QUIT
S: +OK
S: +OK
S: +OK
S: +OK
S: +OK 2 57
S: +OK bye
<server closes>
)");
  EXPECT_EQ(maildrops.messages["alice"].size(), 2u);
}

// RFC 1939 section 6: but for QUIT, nothing is removed.
TEST_P(Pop3Server, WithoutUpdate) {
  play(std::string(kLogin) + "C: DELE 1\nS: +OK\n");
  play(std::string(kLogin) +
       "C: DELE 1\nS: +OK\n<server stalls>\n"
       "S: -ERR too long without a command\n<server closes>\n");
  play("S: +OK mx.crepes.example POP3\nC: QUIT\nS: +OK bye\n<server closes>\n");
  maildrops.broken = true;
  play(std::string(kLogin) +
       "C: DELE 1\nS: +OK\nC: QUIT\n"
       "S: -ERR [SYS/TEMP] some messages were not removed\n<server closes>\n");
  EXPECT_EQ(maildrops.messages["alice"].size(), 3u);
}

TEST_P(Pop3Server, Login) {
  const auto other = maildrops.open("bob");
  play(R"(
S: +OK mx.crepes.example POP3
C: STAT
S: -ERR not now, or no such command
C: PASS secret
S: -ERR USER first
C: USER alice
S: +OK
C: PASS wrong
S: -ERR [AUTH] wrong user or password
C: PASS secret
S: -ERR USER first
C: AUTH CRAM-MD5
S: -ERR no such mechanism
C: AUTH PLAIN AGJvYgBzZWNyZXQ=
S: -ERR [IN-USE] another session has the maildrop
C: AUTH PLAIN
S: + 
C: *
S: -ERR cancelled
C: AUTH LOGIN
S: + VXNlcm5hbWU6
C: YWxpY2U=
S: + UGFzc3dvcmQ6
C: c2VjcmV0
S: +OK 3 messages
C: USER alice
S: -ERR no such command
C: CAPA
S: +OK
S: USER
S: SASL PLAIN LOGIN
)" + kCan + R"(
S: EXPIRE NEVER
S: .
)");
}

// RFC 6856 section 2.
TEST_P(Pop3Server, Utf8IsAgreedOnBeforeTheLogin) {
  play(R"(
S: +OK mx.crepes.example POP3
C: UTF8
S: +OK
C: USER alice
S: +OK
C: PASS secret
S: +OK 3 messages
C: UTF8
S: -ERR no such command
)");
}

// It was +OK, and then there was nothing to shake hands with.
TEST_P(Pop3Server, TlsThatCannotBeHad) {
  settings.starttls = true;
  settings.tls_ready = [] { return false; };
  play(R"(
S: +OK mx.crepes.example POP3
C: STLS
S: -ERR [SYS/TEMP] TLS is not available now
C: USER alice
S: +OK
C: PASS secret
S: +OK 3 messages
)");
}

TEST_P(Pop3Server, Tls) {
  settings.tls_ready = [] { return true; };
  settings.clear_text_login = false;
  settings.starttls = true;
  play(R"(
S: +OK mx.crepes.example POP3
C: USER alice
S: -ERR STLS first
C: CAPA
S: +OK
S: STLS
)" + kCan + R"(
S: EXPIRE NEVER
S: .
C: STLS
C: USER injected
S: +OK go ahead
<TLS negotiation>
C: PASS secret
S: -ERR USER first
C: STLS
S: -ERR not offered
C: USER alice
S: +OK
C: PASS secret
S: +OK 3 messages
)");
}

TEST_P(Pop3Server, RemovedMeanwhile) {
  maildrops.gone = 1;
  settings.max_errors = 3;
  std::string dialogue = kLogin;
  for (int i = 0; i < 5; ++i) {
    dialogue += "C: RETR 2\nS: -ERR it was removed meanwhile\n";
  }
  play(dialogue);
}

// As long as what AUTH takes.
TEST_P(Pop3Server, LongPasswords) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "eHh4";  // xxx
  play("S: +OK mx.crepes.example POP3\nC: USER alice\nS: +OK\nC: PASS " +
       std::string(700, 'x') + "\nS: -ERR [AUTH] wrong user or password\n"
       "C: AUTH PLAIN AGFsaWNlAHh4" + many +
       "\nS: -ERR [AUTH] wrong user or password\nC: PASS " +
       std::string(13'000, 'x') + "\nS: -ERR line too long\nC: USER " +
       std::string(700, 'x') + "\nS: -ERR line too long\n");
}

// What a web page can have a browser send.
TEST_P(Pop3Server, BrowsersAreNotObeyed) {
  play(
      "S: +OK mx.crepes.example POP3\nC: POST / HTTP/1.1\n"
      "S: -ERR no HTTP here\n<server closes>\n");
}

TEST_P(Pop3Server, OddClients) {
  settings.max_errors = 9;
  const std::string long_line(pop3::kCommandOctets, 'x');
  play(std::string(kLogin) +
       "C: RETR\nS: -ERR no such message\n"
       "C: RETR 0\nS: -ERR no such message\n"
       "C: RETR 4\nS: -ERR no such message\n"
       "C: RETR 99999999999999999999\nS: -ERR no such message\n"
       "C: TOP 1\nS: -ERR TOP message lines\n"
       "C: TOP 1 -1\nS: -ERR TOP message lines\n"
       "C-NOOP\\x0a\nS: -ERR line ended by LF alone, not by CRLF\n"
       "C: " + long_line + "\nS: -ERR line too long\n"
       "C: XTND\nS: -ERR no such command\n<server closes>\n");
}

// RFC 2449 section 6.7: where messages go without a client's word, it is no
// EXPIRE NEVER.
TEST_P(Pop3Server, Expiry) {
  settings.keeps_all = false;
  play(R"(
S: +OK mx.crepes.example POP3
C: CAPA
S: +OK
S: USER
S: SASL PLAIN LOGIN
)" + kCan + R"(
S: .
)");
}

TEST_P(Pop3Server, Arguments) {
  play("S: +OK mx.crepes.example POP3\n"
       "C: AUTH\nS: -ERR AUTH mechanism\n"
       "C: APOP alice 0123456789abcdef0123456789abcdef\n"
       "S: -ERR not now, or no such command\n"
       "C: NOOP\nS: -ERR not now, or no such command\n"
       "C: USER\nS: -ERR USER name\nC: USER  \nS: -ERR USER name\n"
       "C: PASS secret\nS: -ERR USER first\n"
       "C: user alice\nS: +OK\nC: pass secret\nS: +OK 3 messages\n"
       "C: DELE 1 2\nS: -ERR one message number\n"
       "C: RETR 1 2\nS: -ERR one message number\n"
       "C: LIST 1 2\nS: -ERR one message number\n"
       "C: TOP 1 2 3\nS: -ERR TOP message lines\n"
       "C: STLS\nS: -ERR no such command\n"
       "C: STAT\nS: +OK 3 71\n");
}

TEST_P(Pop3Server, Patience) {
  const auto session = make_pop3_session(settings, maildrops, users);
  EXPECT_LT(session->patience(), std::chrono::minutes(10));
  ServerPlayer player(*session, static_cast<std::size_t>(GetParam()));
  player.play(test::parse_dialogue(kLogin));
  EXPECT_EQ(session->patience(), std::chrono::minutes(10));
}

TEST(Pop3Busy, IsAReply) {
  EXPECT_EQ(pop3_busy(), "-ERR [SYS/TEMP] too many connections, later\r\n");
}

// What was cut off must not pass for whole.
TEST_P(Pop3Server, UnreadableMessage) {
  maildrops.unreadable = 1;
  play(std::string(kLogin) + "C: RETR 2\nS: +OK\nS-x\n<server closes>\n");
}

TEST_P(Pop3Server, LongListing) {
  maildrops.messages["alice"].assign(10'000, "x\r\n");
  std::string dialogue =
      "S: +OK mx.crepes.example POP3\nC: USER alice\nS: +OK\nC: PASS secret\n"
      "S: +OK 10000 messages\nC: LIST\nS: +OK\n";
  for (int i = 1; i <= 10'000; ++i) {
    dialogue += "S: " + std::to_string(i) + " 3\n";
  }
  play(dialogue + "S: .\n");
}

}  // namespace
}  // namespace mailtool::serve
