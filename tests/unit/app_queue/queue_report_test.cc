#include "mailtool/base/ascii.h"
#include "unit/app_queue/reports.h"

namespace mailtool::app {
namespace {

using test::a_state;
using test::refused;
using test::Written;

// It went to an empty group of that name.
TEST(QueueReport, ToALocalPartInQuotes) {
  auto state = a_state();
  state.recipients = {refused()};
  const std::pair<const char*, const char*> all[] = {
      {R"("alice"@example.org)", R"("alice"@example.org)"},
      {R"("a,b"@example.org)", R"("a,b"@example.org)"},
      {R"("a\"b"@example.org)", R"("a\"b"@example.org)"},
      {R"("a>,<b@c"@example.org)", R"("a>,<b@c"@example.org)"},
      {R"("a b"@example.org)", "=?utf-8?B?ImEgYiJAZXhhbXBsZS5vcmc=?=:;"},
      {R"(a@b(c))", "=?utf-8?B?YUBiKGMp?=:;"},
      {R"(a@b,c@d)", "=?utf-8?B?YUBiLGNAZA==?=:;"},
      {R"(a <b@c>)", "=?utf-8?B?YSA8YkBjPg==?=:;"}};
  for (const auto& [sender, to] : all) {
    state.sender = sender;
    EXPECT_EQ(Written(ReportKind::failed, state).field("To"), to);
  }
}

TEST(QueueReport, AFailure) {
  auto state = a_state();
  state.recipients = {refused()};
  state.attempts = {{1'789'999'000, "bob@example.com", "refused",
                     "mx.example.com", "550 no"}};
  const Written written(ReportKind::failed, state);
  EXPECT_EQ(written.field("From"),
            "Mail Delivery System <MAILER-DAEMON@laptop.example>");
  EXPECT_EQ(written.field("To"), "alice@example.org");
  EXPECT_EQ(written.field("Subject"), "Not delivered: Minutes");
  EXPECT_EQ(written.field("Auto-Submitted"), "auto-replied");
  EXPECT_EQ(written.field("MIME-Version"), "1.0");
  EXPECT_EQ(written.field("Date"), "Mon, 21 Sep 2026 15:13:20 +0100");
  EXPECT_EQ(written.field("Message-ID"),
            "<abcdefghij0123456789@laptop.example>");
  EXPECT_EQ(written.field("In-Reply-To"), "<1@example.org>");
  EXPECT_EQ(written.field("References"), "<1@example.org>");
  EXPECT_FALSE(written.structure.defective());

  ASSERT_NE(written.report, nullptr);
  EXPECT_FALSE(written.report->defective);
  const auto message = mime::delivery_status(written.report->groups.at(0));
  EXPECT_EQ(message.reporting_mta, (mime::TypedValue{"dns", "laptop.example"}));
  EXPECT_EQ(message.arrival_date->seconds, state.queued_at);
  EXPECT_EQ(message.original_envelope_id, "");
  const auto about = written.about();
  EXPECT_EQ(about.final_recipient,
            (mime::TypedValue{"rfc822", "bob@example.com"}));
  EXPECT_EQ(about.original_recipient, mime::TypedValue{});
  EXPECT_EQ(about.action, mime::DeliveryAction::failed);
  EXPECT_EQ(about.status, "5.1.1");
  EXPECT_EQ(about.remote_mta, (mime::TypedValue{"dns", "mx.example.com"}));
  EXPECT_EQ(about.diagnostic_code,
            (mime::TypedValue{"smtp", "550 5.1.1 No such user"}));
  EXPECT_EQ(about.last_attempt_date->seconds, 1'789'999'000);
  EXPECT_FALSE(about.will_retry_until);

  const auto text = written.content("1");
  EXPECT_NE(text.find("\r\nbob@example.com\r\n"
                      "  mx.example.com refused it:\r\n"
                      "      550 5.1.1 No such user\r\n"
                      "  Check the address for a mistake in typing.\r\n"),
            text.npos)
      << text;
  EXPECT_NE(written.text.find("\r\nContent-Type: text/rfc822-headers\r\n\r\n"
                              "From: alice@example.org\r\n"),
            std::string::npos);
  EXPECT_EQ(written.text.find("The body."), std::string::npos);
}

TEST(QueueReport, TheWholeMessageWhereDsnAsksForIt) {
  auto state = a_state();
  state.recipients = {refused()};
  state.ret = smtp::DsnReturn::full;
  state.notify.failure = true;
  state.envelope_id = "Q7 x";
  const Written written(ReportKind::failed, state);
  EXPECT_NE(written.text.find("\r\nContent-Type: message/rfc822\r\n\r\n" +
                              std::string(test::kMessage)),
            std::string::npos);
  EXPECT_EQ(written.about().original_recipient,
            (mime::TypedValue{"rfc822", "bob@example.com"}));
  EXPECT_EQ(
      mime::delivery_status(written.report->groups[0]).original_envelope_id,
      "Q7 x");
  // Not so of a delay (RFC 3461 section 6.2).
  const Written delay(ReportKind::delayed, state);
  EXPECT_EQ(delay.text.find("The body."), std::string::npos);
}

TEST(QueueReport, ADelay) {
  auto state = a_state();
  auto recipient = refused();
  recipient.outcome = QueueOutcome::waiting;
  recipient.attempts = 4;
  recipient.code = 451;
  recipient.enhanced = "4.7.1";
  recipient.said = "RCPT TO: deferred: server said: 451 4.7.1 come back";
  state.recipients = {recipient};
  const Written written(ReportKind::delayed, state);
  EXPECT_EQ(written.field("Subject"), "Not delivered yet: Minutes");
  EXPECT_EQ(written.about().action, mime::DeliveryAction::delayed);
  EXPECT_EQ(written.about().status, "4.7.1");
  EXPECT_EQ(written.about().will_retry_until->seconds, 1'790'332'000);
  const auto text = written.content("1");
  EXPECT_NE(text.find("greylisting"), text.npos) << text;
  EXPECT_NE(text.find("You need not send it"), text.npos) << text;
}

TEST(QueueReport, Relayed) {
  auto state = a_state();
  auto recipient = refused();
  recipient.outcome = QueueOutcome::sent;
  recipient.code = 250;
  recipient.enhanced = "2.1.5";
  recipient.said = "";
  state.recipients = {recipient};
  const Written written(ReportKind::relayed, state);
  EXPECT_EQ(written.about().action, mime::DeliveryAction::relayed);
  EXPECT_EQ(written.about().status, "2.1.5");
  EXPECT_EQ(written.field("Subject"), "Handed on: Minutes");
  EXPECT_NE(written.content("1").find("handed on to mx.example.com."),
            std::string::npos);
}

TEST(QueueReport, Delivered) {
  auto state = a_state();
  state.ret = smtp::DsnReturn::full;
  state.recipients.emplace_back().address = "bob@example.com";
  state.recipients[0].outcome = QueueOutcome::sent;
  const Written written(ReportKind::delivered, state);
  EXPECT_EQ(written.about().action, mime::DeliveryAction::delivered);
  EXPECT_EQ(written.about().status, "2.0.0");
  EXPECT_EQ(written.field("Subject"), "Delivered: Minutes");
  const auto text = written.content("1");
  EXPECT_NE(text.find("has been delivered"), std::string::npos);
  EXPECT_EQ(text.find("queue"), std::string::npos) << "it was in none";
  // RFC 3461 section 4.3: RET is about failures.
  EXPECT_EQ(written.text.find("The body."), std::string::npos);
}

struct StatusCase {
  const char* why;
  ReportKind kind;
  int code;
  const char* enhanced;
  const char* host;
  std::int64_t lifetime;
  const char* status;
};

TEST(QueueReport, StatusCodes) {
  const StatusCase cases[] = {
      {"as said", ReportKind::failed, 552, "5.2.2", "mx", 0, "5.2.2"},
      {"none said", ReportKind::failed, 554, "", "mx", 0, "5.0.0"},
      {"another class", ReportKind::failed, 550, "4.7.1", "mx", 0, "5.0.0"},
      {"no status", ReportKind::failed, 550, "5.7.1; x", "mx", 0, "5.0.0"},
      {"too long", ReportKind::failed, 550, "5.7777.1", "mx", 0, "5.0.0"},
      {"given up", ReportKind::failed, 451, "4.7.1", "mx", 1, "4.7.1"},
      {"given up, none said", ReportKind::failed, 421, "", "mx", 1, "4.4.7"},
      {"never reached", ReportKind::failed, 0, "", "", 1, "4.4.7"},
      {"no such host", ReportKind::failed, 0, "", "", 0, "5.4.4"},
      {"broken by us", ReportKind::failed, 0, "", "mx", 0, "5.0.0"},
      {"delay, unreached", ReportKind::delayed, 0, "", "", 0, "4.4.1"},
      {"delay, cut", ReportKind::delayed, 0, "", "mx", 0, "4.4.2"},
      {"delay, none said", ReportKind::delayed, 450, "", "mx", 0, "4.0.0"},
      {"relayed", ReportKind::relayed, 0, "", "mx", 0, "2.0.0"},
  };
  for (const auto& row : cases) {
    auto state = a_state();
    state.lifetime = row.lifetime;
    auto recipient = refused();
    recipient.code = row.code;
    recipient.enhanced = row.enhanced;
    recipient.host = row.host;
    state.recipients = {recipient};
    const Written written(row.kind, state);
    EXPECT_EQ(written.about().status, row.status) << row.why;
    EXPECT_FALSE(written.report->defective) << row.why;
  }
}

TEST(QueueReport, NamesOneHundredAndListsAll) {
  auto state = a_state();
  for (int i = 0; i < 250; ++i) {
    state.recipients.push_back(
        refused("bob" + std::to_string(i) + "@example.com"));
  }
  const Written written(ReportKind::failed, state);
  ASSERT_EQ(written.report->groups.size(), 251u);
  EXPECT_EQ(written.about(249).final_recipient.value, "bob249@example.com");
  const auto text = written.content("1");
  EXPECT_NE(text.find("bob99@example.com"), text.npos);
  EXPECT_EQ(text.find("bob100@example.com"), text.npos);
  EXPECT_NE(text.find("And 150 more:"), text.npos);
}

// RFC 6533 section 4: addresses beyond ASCII.
TEST(QueueReport, InternationalAddresses) {
  auto state = a_state();
  state.sender = "jörg@bücher.example";
  state.recipients = {refused("søren@example.com")};
  state.smtputf8 = true;
  state.subject = "Grüße";
  const std::string message =
      "From: jörg@bücher.example\r\nTo: søren@example.com\r\n\r\nHej\r\n";
  const Written written(ReportKind::failed, state, message);
  EXPECT_TRUE(is_ascii(written.text));
  ASSERT_NE(written.report, nullptr);
  EXPECT_EQ(written.structure.type(written.structure.parts.at(2)),
            "message/global-delivery-status");
  EXPECT_EQ(written.about().final_recipient,
            (mime::TypedValue{"utf-8", "søren@example.com"}));
  EXPECT_NE(written.content("1").find("søren@example.com"), std::string::npos);
  EXPECT_EQ(written.structure.type(written.structure.parts.at(3)),
            "message/global-headers");
  EXPECT_EQ(written.content("3"), message.substr(0, message.find("\r\nHej")));

  state.ret = smtp::DsnReturn::full;
  const Written whole(ReportKind::failed, state, message);
  EXPECT_TRUE(is_ascii(whole.text));
  EXPECT_EQ(whole.structure.type(whole.structure.parts.at(3)),
            "message/global");
}

// A server's words beyond ASCII do not make the report international.
TEST(QueueReport, WordsBeyondAscii) {
  auto state = a_state();
  state.recipients = {refused()};
  state.recipients[0].said = "x: server said: 550 5.1.1 Empfänger unbekannt";
  const Written written(ReportKind::failed, state);
  EXPECT_TRUE(is_ascii(written.text));
  EXPECT_EQ(written.structure.type(written.structure.parts.at(2)),
            "message/delivery-status");
  EXPECT_EQ(written.about().diagnostic_code.value,
            "550 5.1.1 Empf\\x{E4}nger unbekannt");
  EXPECT_NE(written.content("1").find("Empfänger"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
