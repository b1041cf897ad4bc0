// What each behaviour of a server comes to: the outcome for each recipient, and
// the exit status that a shell sees.
#include "app/exit_status.h"
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

using enum Outcome;
using app::exit_status;
using app::ExitStatus;

enum class Wants : std::uint8_t { nothing, tls, login };

struct Row {
  const char* dialogue;
  std::vector<Outcome> outcomes;  // of bob, carol and dave; none: no session
  ExitStatus status;
  Wants wants = Wants::nothing;
  LastMessage last = LastMessage::no;
};

const Row kRows[] = {
    // Greeting, EHLO, STARTTLS and AUTH.
    {"greeting-421", {}, ExitStatus::temp_fail},
    {"greeting-450", {}, ExitStatus::temp_fail},
    {"greeting-554", {}, ExitStatus::unavailable},
    {"greeting-never-comes", {}, ExitStatus::temp_fail},
    {"closes-at-once", {}, ExitStatus::temp_fail},
    {"greeting-http", {}, ExitStatus::protocol},
    {"greeting-binary", {}, ExitStatus::protocol},
    {"ehlo-421", {}, ExitStatus::temp_fail},
    {"ehlo-deferred", {}, ExitStatus::temp_fail},
    {"ehlo-refused", {}, ExitStatus::unavailable},
    {"helo-session", {accepted}, ExitStatus::ok},
    {"bare-replies", {accepted}, ExitStatus::ok},
    {"starttls-stripped", {}, ExitStatus::unavailable, Wants::tls},
    {"starttls-refused", {}, ExitStatus::unavailable, Wants::tls},
    {"starttls-deferred", {}, ExitStatus::temp_fail, Wants::tls},
    {"starttls-untrusted", {}, ExitStatus::no_perm, Wants::tls},
    {"starttls-injection", {}, ExitStatus::protocol, Wants::tls},
    {"auth-refused-once", {}, ExitStatus::no_perm, Wants::login},
    {"auth-deferred", {}, ExitStatus::temp_fail, Wants::login},
    {"auth-wants-tls", {}, ExitStatus::no_perm, Wants::login},
    {"auth-421", {}, ExitStatus::temp_fail, Wants::login},
    // MAIL.
    {"mail-deferred", {deferred}, ExitStatus::temp_fail},
    {"mail-refused", {refused, refused}, ExitStatus::unavailable},
    {"login-required", {refused}, ExitStatus::no_perm},
    {"size-too-large", {refused}, ExitStatus::data_err},
    // RCPT.
    {"unknown-recipient", {refused}, ExitStatus::no_user},
    {"recipient-unknown-bare", {refused, refused, refused},
     ExitStatus::no_user},
    {"recipient-policy", {refused}, ExitStatus::unavailable},
    {"recipient-needs-login", {refused}, ExitStatus::no_perm},
    {"one-refused", {accepted, refused}, ExitStatus::no_user},
    {"one-deferred", {accepted, deferred}, ExitStatus::temp_fail},
    {"recipient-252", {accepted}, ExitStatus::ok},
    {"recipient-421", {deferred, deferred}, ExitStatus::temp_fail},
    {"recipient-552", {accepted, deferred}, ExitStatus::temp_fail},
    {"recipient-552-first", {refused, accepted}, ExitStatus::unavailable},
    {"mailbox-full", {accepted, deferred}, ExitStatus::temp_fail},
    {"unknown-codes", {accepted, deferred, refused}, ExitStatus::temp_fail},
    // DATA, the message and QUIT.
    {"data-deferred", {deferred}, ExitStatus::temp_fail},
    {"data-refused", {refused}, ExitStatus::unavailable},
    {"data-without-go-ahead", {deferred}, ExitStatus::protocol},
    {"message-deferred", {deferred}, ExitStatus::temp_fail},
    {"rejected-after-the-dot", {refused}, ExitStatus::unavailable},
    {"policy-refused", {refused}, ExitStatus::unavailable},
    {"content-refused", {refused}, ExitStatus::data_err},
    {"content-refused-bare", {refused}, ExitStatus::data_err},
    {"lost-after-the-dot", {unknown}, ExitStatus::temp_fail},
    {"silence-after-the-dot", {unknown}, ExitStatus::temp_fail},
    {"garbage-after-the-dot", {unknown}, ExitStatus::temp_fail},
    {"quit-unheard", {accepted}, ExitStatus::ok},
    {"quit-unanswered", {accepted}, ExitStatus::ok, Wants::nothing,
     LastMessage::yes},
    // Pipelining.
    {"lost-in-the-flight", {deferred}, ExitStatus::temp_fail},
    {"silence-in-the-flight", {deferred}, ExitStatus::temp_fail},
    {"garbage-in-the-flight", {deferred, deferred}, ExitStatus::protocol},
    {"unsolicited-reply", {deferred}, ExitStatus::protocol},
    // BDAT.
    {"chunking-one-refused", {refused, accepted}, ExitStatus::no_user,
     Wants::nothing, LastMessage::yes},
    {"chunking-lost-unanswered", {unknown}, ExitStatus::temp_fail},
    {"chunking-not-known-last", {deferred}, ExitStatus::protocol,
     Wants::nothing, LastMessage::yes},
};

class SmtpStatus : public SmtpDialogue {
 protected:
  /// Up to where mail can be sent.
  Result<void> bring_up(Wants wants) {
    if (auto opened = client_->open(); !opened) return opened;
    if (wants == Wants::tls) return client_->start_tls();
    if (wants == Wants::nothing) return {};
    const Secret password("secret");
    sasl::Credentials credentials;
    credentials.user = "alice";
    credentials.password = &password;
    sasl::Policy policy;
    policy.tls = TlsInfo{"TLSv1.3", "", {}, false};
    policy.only = {"PLAIN"};
    return client_->authenticate(credentials, policy);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpStatus, testing::Values(4096, 1),
                         chunk_name);

TEST_P(SmtpStatus, Table) {
  const std::vector<std::string> people = {
      "bob@example.org", "carol@example.org", "dave@example.org"};
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.dialogue);
    play(row.dialogue);
    const auto up = bring_up(row.wants);
    ASSERT_EQ(up.has_value(), !row.outcomes.empty());
    if (!up) {
      EXPECT_EQ(exit_status(up.error().kind), row.status)
          << up.error().one_line();
      client_->quit();
      continue;
    }
    const auto count = static_cast<std::ptrdiff_t>(row.outcomes.size());
    const auto delivery =
        send({people.begin(), people.begin() + count}, row.last);
    auto status = ExitStatus::ok;
    for (std::size_t i = 0; i < row.outcomes.size(); ++i) {
      const auto& report = delivery.recipients[i];
      EXPECT_EQ(report.outcome, row.outcomes[i]) << report.address;
      if (report.error) {
        status = combine(status, exit_status(report.error->kind));
      }
    }
    EXPECT_EQ(status, row.status);
    client_->quit();
    if (!delivery.connection_lost) {
      EXPECT_EQ(server_->unplayed(), "");
    }
  }
}

// A sender that needs SMTPUTF8 cannot be left out, as a recipient can.
TEST_P(SmtpStatus, SenderThatNeedsUtf8) {
  open("smtputf8-sender-missing");
  auto envelope = envelope_to({"bob@example.org", "carol@example.org"});
  envelope.sender = "al\u00efce@client.example";
  const auto delivery = client_->send(envelope, text_source(kMessage));
  for (const auto& report : delivery.recipients) {
    EXPECT_EQ(report.outcome, refused);
    EXPECT_EQ(exit_status(report.error->kind), ExitStatus::data_err);
    EXPECT_NE(report.error->what.find("the sender"), std::string::npos);
  }
  finish();
}

}  // namespace
}  // namespace mailtool::client
