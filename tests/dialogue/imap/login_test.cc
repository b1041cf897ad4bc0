#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapLogin : public ImapDialogueTest {
 protected:
  ErrorKind refused() {
    EXPECT_TRUE(client->open(false));
    const auto done = log_in();
    EXPECT_FALSE(done);
    if (done) return ErrorKind::internal;
    EXPECT_EQ(done.error().one_line().find("crepes"), std::string::npos);
    return done.error().kind;
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapLogin, testing::Values(4096, 1));

TEST_P(ImapLogin, TheFewestRoundTrips) {
  play("greeting-capability");
  ASSERT_TRUE(client->open(false));
  const auto in = log_in();
  ASSERT_TRUE(in) << in.error().one_line();
  EXPECT_TRUE(client->authenticated());
  imap::SearchKey unseen;
  unseen.kind = imap::SearchKey::Kind::word;
  unseen.name = "UNSEEN";
  const auto found = client->select_and_search(folder("inbox"), true, unseen);
  ASSERT_TRUE(found) << found.error().one_line();
  EXPECT_EQ(to_wire(found->search.uids), "2,4:9");
  EXPECT_EQ(found->search.count, 7u);
  EXPECT_EQ(found->mailbox.uidvalidity, 1795220040u);
  EXPECT_EQ(found->mailbox.exists, 3u);
  EXPECT_TRUE(found->mailbox.read_only);
  client->logout();
}

TEST_P(ImapLogin, LoginWhereThereIsNoMechanism) {
  play("login-fallback");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(log_in());
  EXPECT_TRUE(*client->offers("MOVE"));
}

TEST_P(ImapLogin, NoPasswordInClearText) {
  play_text("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n");
  ASSERT_TRUE(client->open(false));
  const auto done = log_in(false);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_auth);
}

TEST_P(ImapLogin, LoginDisabled) {
  play("login-disabled");
  EXPECT_EQ(refused(), ErrorKind::no_auth);
}

TEST_P(ImapLogin, Refused) {
  play("login-refused");
  EXPECT_EQ(refused(), ErrorKind::no_auth);
}

TEST_P(ImapLogin, Unavailable) {
  play("login-unavailable");
  EXPECT_EQ(refused(), ErrorKind::deferred);
}

TEST_P(ImapLogin, Bye) {
  play("login-bye");
  EXPECT_EQ(refused(), ErrorKind::disconnected);
}

TEST_P(ImapLogin, WithoutInitialResponse) {
  play("sasl-no-ir");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(log_in());
}

TEST_P(ImapLogin, InitialResponseNotMeant) {
  play("sasl-ir-not-meant");
  ASSERT_TRUE(client->open(false));
  const auto in = log_in();
  ASSERT_TRUE(in) << in.error().one_line();
}

TEST_P(ImapLogin, AWrongPasswordIsTwoLogins) {
  play("wrong-password");
  EXPECT_EQ(refused(), ErrorKind::no_auth);
}

TEST_P(ImapLogin, AMechanismNotAvailableIsNoFailedLogin) {
  play("mechanism-not-available");
  ASSERT_TRUE(client->open(false));
  const auto in = log_in();
  ASSERT_TRUE(in) << in.error().one_line();
}

TEST_P(ImapLogin, StartTls) {
  play("starttls");
  ASSERT_TRUE(client->open(true));
  ASSERT_TRUE(client->start_tls());
  EXPECT_TRUE(*client->offers("SASL-IR"));
  EXPECT_FALSE(*client->offers("LOGINDISABLED"));
}

TEST_P(ImapLogin, StartTlsInjection) {
  play("starttls-injection");
  ASSERT_TRUE(client->open(true));
  const auto secured = client->start_tls();
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().kind, ErrorKind::protocol);
  // Octet by octet the injected text is still on its way.
  server.reset();
}

TEST_P(ImapLogin, StartTlsMissing) {
  play("starttls-missing");
  ASSERT_TRUE(client->open(true));
  EXPECT_EQ(client->start_tls().error().kind, ErrorKind::unsupported);
}

TEST_P(ImapLogin, StartTlsRefused) {
  play("starttls-refused");
  ASSERT_TRUE(client->open(true));
  EXPECT_EQ(client->start_tls().error().kind, ErrorKind::unsupported);
}

TEST_P(ImapLogin, StartTlsUntrusted) {
  play("starttls-untrusted");
  ASSERT_TRUE(client->open(true));
  EXPECT_EQ(client->start_tls().error().kind, ErrorKind::untrusted);
}

TEST_P(ImapLogin, PreauthCannotBeSecured) {
  play("preauth");
  const auto opened = client->open(true);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::protocol);
}

TEST_P(ImapLogin, PreauthWhereTlsIsOff) {
  play("preauth");
  ASSERT_TRUE(client->open(false));
  EXPECT_TRUE(client->authenticated());
}

TEST_P(ImapLogin, Greetings) {
  play("greeting-bye");
  EXPECT_EQ(client->open(false).error().kind, ErrorKind::disconnected);
  play("greeting-http");
  EXPECT_EQ(client->open(false).error().kind, ErrorKind::protocol);
  play("greeting-none");
  EXPECT_EQ(client->open(false).error().kind, ErrorKind::timed_out);
  play_text("<server closes>\n");
  EXPECT_EQ(client->open(false).error().kind, ErrorKind::disconnected);
  play_text("S: A1 OK begin TLS\n");
  EXPECT_EQ(client->open(false).error().kind, ErrorKind::protocol);
}

TEST_P(ImapLogin, CapabilityRefused) {
  play("capability-bad");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(client->capabilities().error().kind, ErrorKind::protocol);
}

}  // namespace
}  // namespace mailtool::client
