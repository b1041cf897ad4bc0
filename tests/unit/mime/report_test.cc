#include "mailtool/mime/report.h"

#include <gtest/gtest.h>

namespace mailtool::mime {
namespace {

using enum ReportKind;

// RFC 3464 appendix E.1, addresses aside.
constexpr std::string_view kDelivery =
    "Reporting-MTA: dns; mail.example\r\n"
    "Original-Envelope-Id: abc+2Bd\r\n"
    "Arrival-Date: Fri, 08 Jul 1994 08:24:00 -0400\r\n"
    "\r\n"
    "Original-Recipient: rfc822;louis@one.example\r\n"
    "Final-Recipient: rfc822;louis@two.example\r\n"
    "Action: failed\r\n"
    "Status: 4.0.0 (not now)\r\n"
    "Diagnostic-Code: smtp; 426 connection timed\r\n"
    " out\r\n"
    "Remote-MTA: dns; mx.example\r\n"
    "Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n"
    "\r\n"
    "Final-Recipient: utf-8; \\x{3B1}\\x{3b2}@\\x{1F600}.example\r\n"
    "Action: Delivered\r\n"
    "Status: 2.1.5\r\n";

TEST(ParseReport, DeliveryStatus) {
  const auto report = parse_report(delivery_status, kDelivery);
  EXPECT_FALSE(report.defective);
  ASSERT_EQ(report.groups.size(), 3u);
  const auto about = mime::delivery_status(report.groups[0]);
  EXPECT_EQ(about.reporting_mta, (TypedValue{"dns", "mail.example"}));
  EXPECT_EQ(about.original_envelope_id, "abc+d");
  ASSERT_TRUE(about.arrival_date);
  EXPECT_EQ(about.arrival_date->seconds, 773'670'240);
  const auto louis = recipient_status(report.groups[1]);
  EXPECT_EQ(louis.original_recipient,
            (TypedValue{"rfc822", "louis@one.example"}));
  EXPECT_EQ(louis.final_recipient, (TypedValue{"rfc822", "louis@two.example"}));
  EXPECT_EQ(louis.action, DeliveryAction::failed);
  EXPECT_EQ(louis.status, "4.0.0");
  EXPECT_EQ(louis.diagnostic_code,
            (TypedValue{"smtp", "426 connection timed out"}));
  EXPECT_EQ(louis.remote_mta, (TypedValue{"dns", "mx.example"}));
  EXPECT_TRUE(louis.last_attempt_date);
  EXPECT_FALSE(louis.will_retry_until);
  const auto greek = recipient_status(report.groups[2]);
  EXPECT_EQ(greek.final_recipient.value,
            "\xce\xb1\xce\xb2@\xf0\x9f\x98\x80.example");
  EXPECT_EQ(greek.action, DeliveryAction::delivered);
}

TEST(ParseReport, Table) {
  struct {
    const char* why;
    ReportKind kind;
    std::string body;
    std::vector<std::size_t> fields;  // of each group
    bool defective;
  } const cases[] = {
      {"empty", delivery_status, "", {}, false},
      {"empty lines", delivery_status, "\r\n\n \n", {}, false},
      {"no message group",
       delivery_status,
       "Final-Recipient: x;y\nAction: failed\n",
       {0, 2},
       false},
      {"groups not divided",
       delivery_status,
       "Reporting-MTA: dns; a\nFinal-Recipient: x;y\nStatus: 5.0.0\n",
       {1, 2},
       false},
      {"many empty lines",
       delivery_status,
       "\nA: 1\n\n\n\nB: 2\n\n\n",
       {1, 1},
       false},
      {"only one group",
       disposition_notification,
       "A: 1\n\nB: 2\n",
       {2},
       false},
      {"no field",
       feedback,
       "Feedback-Type: abuse\nno field\n folded\nA: 1\n",
       {2},
       true},
      {"folded first line", feedback, " folded\nA: 1\n", {1}, false},
      {"blanks before the colon", feedback, "A : 1\n", {1}, false},
      {"no line end", feedback, "A: 1", {1}, false},
      {"empty name", feedback, ": 1\n", {}, true},
  };
  for (const auto& c : cases) {
    const auto report = parse_report(c.kind, c.body);
    std::vector<std::size_t> fields;
    for (const auto& group : report.groups)
      fields.push_back(group.fields.size());
    EXPECT_EQ(fields, c.fields) << c.why;
    EXPECT_EQ(report.defective, c.defective) << c.why;
  }
}

TEST(ParseReport, NothingToBuildAHeaderOf) {
  const auto report =
      parse_report(feedback, std::string("A: x\ry\0z\xfc\r\n\tmore\r\n", 18));
  ASSERT_EQ(report.groups.size(), 1u);
  EXPECT_EQ(report.groups[0].fields[0],
            (ReportField{"A", "x y z\xc3\xbc\tmore"}));
}

TEST(ParseReport, DispositionNotification) {
  const auto report =
      parse_report(disposition_notification,
                   "Reporting-UA: joes-pc.cs.example; Foomail 97.1\r\n"
                   "Original-Recipient: rfc822;joe@cs.example\r\n"
                   "Final-Recipient: rfc822;joe@cs.example\r\n"
                   "Original-Message-ID: <199509192301.23456@example.org>\r\n"
                   "Disposition: manual-action/MDN-sent-manually; "
                   "Processed/Error, warning\r\n"
                   "Error: one\r\nError: two\r\n");
  ASSERT_EQ(report.groups.size(), 1u);
  const auto told = mime::disposition_notification(report.groups[0]);
  EXPECT_EQ(told.reporting_ua, "joes-pc.cs.example; Foomail 97.1");
  EXPECT_EQ(told.final_recipient, (TypedValue{"rfc822", "joe@cs.example"}));
  EXPECT_EQ(told.original_message_id, "<199509192301.23456@example.org>");
  EXPECT_EQ(told.action_mode, "manual-action");
  EXPECT_EQ(told.sending_mode, "mdn-sent-manually");
  EXPECT_EQ(told.type, "processed");
  EXPECT_EQ(told.modifiers, (std::vector<std::string>{"error", "warning"}));
  EXPECT_EQ(told.errors, (std::vector<std::string>{"one", "two"}));
  for (const char* odd : {"", ";", "/", ";/", "a", "a/;", ";displayed/"}) {
    ReportGroup group{{{"Disposition", odd}}};
    EXPECT_TRUE(mime::disposition_notification(group).modifiers.empty());
  }
}

TEST(ParseReport, Feedback) {
  const auto report =
      parse_report(feedback,
                   "Feedback-Type: Abuse\r\n"
                   "User-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n"
                   "Original-Mail-From: <somespammer@example.net>\r\n"
                   "Original-Rcpt-To: <user@example.com>\r\n"
                   "Original-Rcpt-To: other@example.com\r\n"
                   "Received-Date: Thu, 8 Mar 2005 14:00:00 EDT\r\n"
                   "Source-IP: 192.0.2.1\r\n"
                   "Authentication-Results: mail.example; spf=fail\r\n"
                   "Reported-Domain: example.net\r\n"
                   "Reported-URI: http://example.net/earn_money.html\r\n"
                   "Reporting-MTA: dns; mail.example\r\nIncidents: 7\r\n");
  ASSERT_EQ(report.groups.size(), 1u);
  const auto told = mime::feedback(report.groups[0]);
  EXPECT_EQ(told.type, "abuse");
  EXPECT_EQ(told.user_agent, "SomeGenerator/1.0");
  EXPECT_EQ(told.original_mail_from, "somespammer@example.net");
  EXPECT_EQ(
      told.original_rcpt_to,
      (std::vector<std::string>{"user@example.com", "other@example.com"}));
  EXPECT_EQ(told.source_ip, "192.0.2.1");
  EXPECT_EQ(told.reported_domain, (std::vector<std::string>{"example.net"}));
  EXPECT_EQ(told.reported_uri.size(), 1u);
  EXPECT_EQ(told.authentication_results.size(), 1u);
  EXPECT_EQ(told.reporting_mta, (TypedValue{"dns", "mail.example"}));
  EXPECT_TRUE(told.arrival_date);
  EXPECT_EQ(told.incidents, 7u);
}

TEST(ParseReport, Limits) {
  std::string body;
  for (std::size_t i = 0; i < kMaxReportGroups + 5; ++i) body += "A: 1\n\n";
  auto report = parse_report(delivery_status, body);
  EXPECT_EQ(report.groups.size(), kMaxReportGroups);
  EXPECT_TRUE(report.defective);
  body.clear();
  for (std::size_t i = 0; i < kMaxReportFields + 5; ++i) body += "A: 1\n";
  report = parse_report(feedback, body);
  EXPECT_EQ(report.groups.at(0).fields.size(), kMaxReportFields);
  EXPECT_TRUE(report.defective);
  report =
      parse_report(feedback, "A: " + std::string(3 * kMaxReportOctets, 'x'));
  EXPECT_EQ(report.groups.at(0).fields.at(0).value.size(),
            kMaxReportOctets - 3);
  EXPECT_TRUE(report.defective);
}

TEST(ReportKind, FromMediaType) {
  EXPECT_EQ(report_kind("message/delivery-status"), delivery_status);
  EXPECT_EQ(report_kind("message/global-delivery-status"), delivery_status);
  EXPECT_EQ(report_kind("message/global-disposition-notification"),
            disposition_notification);
  EXPECT_EQ(report_kind("message/feedback-report"), feedback);
  EXPECT_FALSE(report_kind("message/rfc822"));
}

TEST(RecipientStatus, OddValues) {
  for (const char* bad :
       {"", "5", "5.1", "55.1.1", "5.1.1.1", "5.1.1000", "x5.1.1", "5..1"}) {
    EXPECT_EQ(recipient_status({{{"Status", bad}}}).status, "") << bad;
  }
  EXPECT_EQ(recipient_status({{{"STATUS", " 5.1.10(text)"}}}).status, "5.1.10");
  EXPECT_EQ(recipient_status({{{"Action", "failed (really)"}}}).action,
            DeliveryAction::failed);
  EXPECT_EQ(recipient_status({{{"Action", "lost"}}}).action,
            DeliveryAction::unknown);
  EXPECT_EQ(recipient_status({{{"Final-Recipient", "a@b"}}}).final_recipient,
            (TypedValue{"", "a@b"}));
}

TEST(DecodeUtf8Address, Table) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"a@b", "a@b"},
      {"\\x{20AC}", "\xe2\x82\xac"},
      {"\\x{10FFFF}\\x{2B}", "\xf4\x8f\xbf\xbf+"},
      {"\\x{110000}", "\\x{110000}"},
      {"\\x{D800}", "\\x{D800}"},
      {"\\x{0D}\\x{A}\\x{0}\\x{85}", "\\x{0D}\\x{A}\\x{0}\\x{85}"},
      {"\\x{", "\\x{"},
      {"\\x{}", "\\x{}"},
      {"\\x{0000041}", "\\x{0000041}"},
      {"\\x{\\x{41}", "\\x{A"},
  };
  for (const auto& [text, decoded] : cases) {
    EXPECT_EQ(decode_utf8_address(text), decoded) << text;
  }
  EXPECT_EQ(decode_xtext("a+2Bb+3D+0D+4"), "a+b=+0D+4");
}

}  // namespace
}  // namespace mailtool::mime
