// Greeting, EHLO and STARTTLS.
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

class SmtpSession : public SmtpDialogue {};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpSession, testing::Values(4096, 1),
                         chunk_name);

struct Failure {
  const char* dialogue;
  ErrorKind kind;
  const char* says;  // in the one line
  const char* hint;  // in the hint; empty: none
};

const Failure kNoSession[] = {
    {"greeting-421", ErrorKind::disconnected, "421 4.3.2 too busy", ""},
    {"greeting-554", ErrorKind::rejected, "554 5.3.2 no SMTP service", ""},
    {"closes-at-once", ErrorKind::disconnected, "greeting: ", ""},
    {"greeting-never-comes", ErrorKind::timed_out, "greeting: ", "smtps://"},
    {"greeting-http", ErrorKind::protocol, "web server", "port"},
    {"greeting-imap", ErrorKind::protocol, "IMAP server", "port"},
    {"greeting-pop3", ErrorKind::protocol, "POP3 server", "port"},
    {"greeting-tls-alert", ErrorKind::protocol, "TLS from the start",
     "smtps://"},
    {"greeting-binary", ErrorKind::protocol, "\\x00\\x01\\x02 garbage", ""},
    {"ehlo-421", ErrorKind::disconnected, "421 not now", ""},
};

TEST_P(SmtpSession, NoSession) {
  for (const auto& c : kNoSession) {
    SCOPED_TRACE(c.dialogue);
    play(c.dialogue);
    const auto opened = client_->open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, c.kind);
    EXPECT_NE(opened.error().one_line().find(c.says), std::string::npos)
        << opened.error().one_line();
    EXPECT_EQ(opened.error().hint.empty(), *c.hint == '\0');
    EXPECT_NE(opened.error().hint.find(c.hint), std::string::npos);
    client_->quit();  // speaks only where the file has it
    if (c.kind == ErrorKind::rejected) {
      EXPECT_EQ(server_->unplayed(), "");
    }
  }
}

TEST_P(SmtpSession, GreetingOfManyLines) {
  open("greeting-of-many-lines");
  EXPECT_EQ(client_->greeting().lines.size(), 3u);
  EXPECT_EQ(client_->capabilities().domain, "mx.example.org");
  finish();
}

TEST_P(SmtpSession, HeloWhereEhloIsNotKnown) {
  open("helo-fallback");
  // What a server lists after HELO promises nothing.
  EXPECT_FALSE(client_->capabilities().starttls);
  EXPECT_EQ(client_->capabilities().domain, "mx.example.org");
  const auto secured = client_->start_tls();
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().kind, ErrorKind::unsupported);
  finish();
}

// RFC 5321 section 4.1.4: only what a server without EHLO says leads to HELO.
TEST_P(SmtpSession, CodesThatLeadToHelo) {
  for (const int code : {421, 450, 455, 500, 501, 502, 503, 504, 521, 530, 550,
                         554}) {
    SCOPED_TRACE(code);
    const bool unknown = code == 500 || code == 501 || code == 502 ||
                         code == 504 || code == 550;
    server_.emplace(
        test::parse_dialogue(
            "S: 220 mx\nC: EHLO client.example\nS: " + std::to_string(code) +
            " no\n" +
            (unknown ? "C: HELO client.example\nS: 250 mx\n" : "") +
            (code == 421 ? "<server closes>\n" : "C: QUIT\nS: 221 bye\n")),
        GetParam());
    start();
    EXPECT_EQ(client_->open().has_value(), unknown);
    finish();
  }

  // LMTP has no older form.
  server_.emplace(test::parse_dialogue("S: 220 mx\nC: LHLO client.example\n"
                                       "S: 500 what\nC: QUIT\nS: 221 bye\n"),
                  GetParam());
  start(true);
  EXPECT_EQ(client_->open().error().kind, ErrorKind::rejected);
  finish();

  // And after HELO there is nothing left to try.
  server_.emplace(
      test::parse_dialogue("S: 220 mx\nC: EHLO client.example\nS: 500 what\n"
                           "C: HELO client.example\nS: 550 go away\n"
                           "C: QUIT\nS: 221 bye\n"),
      GetParam());
  start();
  EXPECT_EQ(client_->open().error().step, "HELO");
  finish();
}

TEST_P(SmtpSession, SubmissionInTheFewestRoundTrips) {
  open("submission-starttls-plain");
  EXPECT_EQ(client_->capabilities().auth, std::vector<std::string>{"LOGIN"});
  ASSERT_TRUE(client_->start_tls());
  EXPECT_FALSE(client_->capabilities().starttls);
  EXPECT_EQ(client_->capabilities().auth, std::vector<std::string>{"PLAIN"});

  const Secret password("secret");
  sasl::Credentials credentials;
  credentials.user = "alice";
  credentials.password = &password;
  const auto done =
      client_->authenticate(credentials, {server_->tls(), false, {}});
  ASSERT_TRUE(done) << done.error().one_line();

  const auto delivery = send({"bob@example.org"}, LastMessage::yes);
  EXPECT_TRUE(delivery.all_accepted());
  ASSERT_TRUE(delivery.final_reply);
  EXPECT_EQ(delivery.final_reply->text(), "queued as 4711");
  EXPECT_FALSE(delivery.connection_lost);
  finish();
}

TEST_P(SmtpSession, OctetsBeforeTlsAreAnAttack) {
  open("starttls-injection");
  const auto secured = client_->start_tls();
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().kind, ErrorKind::protocol);
  EXPECT_EQ(secured.error().step, "STARTTLS");
  EXPECT_TRUE(client_->capabilities().auth.empty());
  client_->quit();  // says nothing: the file would object
  EXPECT_EQ(server_->unplayed().find("sends"), std::string::npos);
}

TEST_P(SmtpSession, NoTls) {
  const struct {
    const char* dialogue;
    ErrorKind kind;
  } cases[] = {
      {"starttls-stripped", ErrorKind::unsupported},
      {"starttls-deferred", ErrorKind::deferred},
      {"starttls-refused", ErrorKind::unsupported},
      {"starttls-untrusted", ErrorKind::untrusted},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.dialogue);
    open(c.dialogue);
    const auto secured = client_->start_tls();
    ASSERT_FALSE(secured);
    EXPECT_EQ(secured.error().kind, c.kind);
    finish();
  }
}

TEST_P(SmtpSession, NoSecondTls) {
  open("submission-starttls-plain");
  ASSERT_TRUE(client_->start_tls());
  EXPECT_EQ(client_->start_tls().error().kind, ErrorKind::internal);
}

TEST_P(SmtpSession, ALineWithoutEnd) {
  server_.emplace(test::Dialogue{{test::Step::Kind::server,
                                  "220 " + std::string(1'000'000, 'a'), 1}},
                  GetParam());
  start();
  const auto opened = client_->open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::protocol);
  EXPECT_NE(opened.error().what.find("12288"), std::string::npos);
}

TEST_P(SmtpSession, AReplyWithoutEnd) {
  test::Dialogue dialogue;
  for (int i = 0; i < 1'000; ++i) {
    dialogue.push_back({test::Step::Kind::server, "220-more\r\n", i});
  }
  server_.emplace(std::move(dialogue), GetParam());
  start();
  const auto opened = client_->open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::protocol);
  EXPECT_NE(opened.error().what.find("no end"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::client
