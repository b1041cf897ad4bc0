// AUTH: the mechanisms as SMTP carries them, and which comes next.
#include "dialogue/smtp/smtp_dialogue.h"
#include "mailtool/sasl/scram.h"

namespace mailtool::client {
namespace {

const Secret kSecret("secret");
const Secret kPencil("pencil");

class SmtpAuth : public SmtpDialogue {
 protected:
  // As over TLS, with these mechanisms in this order.
  Result<void> log_in(std::vector<std::string> only, const Secret& secret,
                      const std::string& user = "alice") {
    sasl::Credentials credentials;
    credentials.user = user;
    credentials.password = &secret;
    credentials.token = &secret;
    sasl::Policy policy;
    policy.tls = TlsInfo{"TLSv1.3", "", {}, false};
    policy.only = std::move(only);
    return client_->authenticate(credentials, policy);
  }

  // SCRAM-SHA-256 with the nonce of RFC 7677.
  Result<void> log_in_by_scram() {
    sasl::ScramParameters p;
    p.user = "user";
    p.password = &kPencil;
    p.nonce = "rOprNGfwEbeRWgbNEkqO";
    std::vector<std::unique_ptr<sasl::Mechanism>> mechanisms;
    mechanisms.push_back(sasl::make_scram(p));
    return client_->authenticate(mechanisms);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpAuth, testing::Values(4096, 1), chunk_name);

TEST_P(SmtpAuth, Scram) {
  open("auth-scram-sha-256");
  const auto done = log_in_by_scram();
  EXPECT_TRUE(done) << done.error().one_line();
  finish();
}

TEST_P(SmtpAuth, ScramServerWithoutProof) {
  for (const char* name :
       {"auth-scram-wrong-signature", "auth-scram-no-signature"}) {
    SCOPED_TRACE(name);
    open(name);
    const auto done = log_in_by_scram();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::untrusted);
    // Nothing may follow, not even QUIT.
    const auto delivery = send({"bob@example.org"});
    EXPECT_EQ(delivery.recipients[0].outcome, Outcome::deferred);
    finish();
  }
}

TEST_P(SmtpAuth, ScramForeignNonce) {
  open("auth-scram-foreign-nonce");
  const auto done = log_in({"SCRAM-SHA-256", "PLAIN"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::protocol);
  EXPECT_EQ(done.error().step, "AUTH SCRAM-SHA-256");
  finish();
}

TEST_P(SmtpAuth, AnotherFormAfterARefusal) {
  open("auth-next-mechanism");
  EXPECT_TRUE(log_in({"CRAM-MD5", "PLAIN"}, kSecret));
  finish();
}

TEST_P(SmtpAuth, AWrongPasswordIsTwoLogins) {
  open("auth-wrong-password");
  const auto done = log_in({}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().one_line(),
            "AUTH PLAIN: refused: server said: 535 5.7.8 wrong password");
  finish();
}

TEST_P(SmtpAuth, TheSameFormIsNotTriedAgain) {
  open("auth-refused-once");
  const auto done = log_in({"PLAIN", "LOGIN"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_auth);
  EXPECT_EQ(done.error().one_line(),
            "AUTH PLAIN: refused: server said: 535 5.7.8 wrong password");
  finish();
}

TEST_P(SmtpAuth, LoginAfterAMechanismThatIsNotAvailable) {
  open("auth-mechanism-not-available");
  EXPECT_TRUE(log_in({"PLAIN", "LOGIN"}, kSecret));
  finish();
}

TEST_P(SmtpAuth, CramMd5) {
  const Secret password("tanstaaftanstaaf");
  open("auth-cram-md5");
  EXPECT_TRUE(log_in({"CRAM-MD5"}, password, "tim"));
  finish();
}

TEST_P(SmtpAuth, TemporaryFailureEndsIt) {
  open("auth-deferred");
  const auto done = log_in({"PLAIN", "CRAM-MD5"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::deferred);
  finish();
}

TEST_P(SmtpAuth, PasswordTransition) {
  open("auth-transition");
  EXPECT_TRUE(log_in({"SCRAM-SHA-256", "PLAIN"}, kSecret));
  finish();

  open("auth-transition-alone");
  const auto done = log_in({"SCRAM-SHA-256"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::deferred);
  finish();
}

TEST_P(SmtpAuth, AMechanismThatIsTooWeak) {
  open("auth-too-weak");
  EXPECT_TRUE(log_in({"PLAIN", "CRAM-MD5"}, kSecret));
  finish();
}

TEST_P(SmtpAuth, WantsTls) {
  for (const char* name : {"auth-wants-tls", "auth-after-starttls-only"}) {
    SCOPED_TRACE(name);
    open(name);
    const auto done = log_in({"PLAIN"}, kSecret);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::no_auth);
    EXPECT_EQ(done.error().hint, "the server wants TLS before a login");
    finish();
  }
}

TEST_P(SmtpAuth, EmptyInitialResponse) {
  open("auth-external");
  sasl::Credentials credentials;
  sasl::Policy policy;
  policy.tls = TlsInfo{"TLSv1.3", "", {}, true};
  policy.only = {"EXTERNAL"};
  const auto done = client_->authenticate(credentials, policy);
  EXPECT_TRUE(done) << done.error().one_line();
  finish();
}

TEST_P(SmtpAuth, OldStyleList) {
  open("auth-old-style");
  EXPECT_EQ(client_->capabilities().auth,
            (std::vector<std::string>{"LOGIN", "PLAIN"}));
  EXPECT_TRUE(log_in({"PLAIN"}, kSecret));
  finish();
}

TEST_P(SmtpAuth, Cancelled) {
  open("auth-cancelled");
  const auto done = log_in({"CRAM-MD5"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::protocol);
  EXPECT_EQ(done.error().step, "AUTH CRAM-MD5");
  finish();
}

TEST_P(SmtpAuth, ServerHangsUp) {
  open("auth-421");
  const auto done = log_in({"PLAIN", "CRAM-MD5"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::disconnected);
  EXPECT_FALSE(client_->takes_more());
  finish();
}

TEST_P(SmtpAuth, Xoauth2SaysWhy) {
  const Secret token("ya29.token");
  open("auth-xoauth2-error");
  const auto done = log_in({"XOAUTH2"}, token);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_auth);
  EXPECT_EQ(done.error().server_said, "535 5.7.8 no {\"status\":\"401\"}");
  finish();
}

TEST_P(SmtpAuth, IllegalChallenges) {
  open("auth-endless-challenges");
  auto done = log_in({"PLAIN"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::protocol);
  finish();

  open("auth-challenge-not-base64");
  done = log_in({"CRAM-MD5", "PLAIN"}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::protocol);
  finish();
}

TEST_P(SmtpAuth, LongInitialResponseWaitsForTheChallenge) {
  const Secret token(std::string(600, 't'));
  open("auth-long-initial-response");
  EXPECT_TRUE(log_in({"XOAUTH2"}, token));
  finish();
}

TEST_P(SmtpAuth, NothingOffered) {
  open("greeting-of-many-lines");
  const auto done = log_in({}, kSecret);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_auth);
  EXPECT_EQ(done.error().step, "AUTH");
  finish();
}

TEST_P(SmtpAuth, NoClearTextWithoutTls) {
  open("auth-refused-once");
  sasl::Credentials credentials;
  credentials.user = "alice";
  credentials.password = &kSecret;
  sasl::Policy policy;
  policy.only = {"PLAIN", "LOGIN"};
  const auto done = client_->authenticate(credentials, policy);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_auth);
  EXPECT_FALSE(done.error().hint.empty());
  // The AUTH of the file was never said.
  EXPECT_NE(server_->unplayed().find("AUTH PLAIN"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::client
