#include "app/parse_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dumped.h"

namespace mailtool::app {
namespace {

nlohmann::json json_of(std::string_view message) {
  return nlohmann::json::parse(dumped(message, DumpForm::json));
}

TEST(ParseJson, GroupsAreSeen) {
  const auto to = json_of("To: a@x, Friends: B <b@x>, c@x;, nobody:;, d@x\n\n")["to"];
  ASSERT_EQ(to.size(), 4u);
  EXPECT_FALSE(to[0].contains("group"));
  EXPECT_EQ(to[1]["group"], "Friends");
  EXPECT_EQ(to[1]["name"], "B");
  EXPECT_EQ(to[2]["group"], "Friends");
  // A group without members has nobody to name.
  EXPECT_EQ(to[3]["address"], "d@x");
  EXPECT_FALSE(to[3].contains("group"));
}

TEST(ParseJson, ADateThatCannotBeReadStandsAsItIs) {
  const auto bad = json_of("Date: yesterday\n\n");
  EXPECT_TRUE(bad["date"].is_null());
  EXPECT_EQ(bad["date_raw"], "yesterday");
  EXPECT_FALSE(json_of("Date: 20 Nov 2026 12:00:00 GMT\n\n").contains("date_raw"));
  EXPECT_FALSE(json_of("Subject: x\n\n").contains("date_raw"));
}

TEST(ParseJson, IdentifiersAndHops) {
  const auto read = json_of(
      "Message-ID: <1@x>\nIn-Reply-To: <2@x>\nReferences: <3@x>\n <2@x>\n"
      "Received: from a.example by b.example with ESMTP;\n"
      " Fri, 20 Nov 2026 12:00:00 +0100\n\n");
  EXPECT_EQ(read["message_id"], "1@x");
  EXPECT_EQ(read["in_reply_to"], nlohmann::json({"2@x"}));
  EXPECT_EQ(read["references"], nlohmann::json({"3@x", "2@x"}));
  ASSERT_EQ(read["received"].size(), 1u);
  EXPECT_EQ(read["received"][0]["by"], "b.example");
  EXPECT_EQ(read["received"][0]["with"], "ESMTP");
  EXPECT_EQ(read["received"][0]["date"], "2026-11-20T12:00:00+01:00");
  EXPECT_TRUE(read["received"][0]["via"].is_null());
}

TEST(ParseJson, WhatIsNotListedIsCounted) {
  std::string message;
  for (int i = 0; i < 1000; ++i) message += "Subject: x\n";
  const auto read = json_of(message + "\n");
  std::size_t listed = 0;
  for (const auto& defect : read["defects"]) {
    if (defect["rule"] == "duplicate-field") ++listed;
  }
  EXPECT_EQ(listed, 20u);
  ASSERT_EQ(read["defect_counts"].size(), 1u);
  EXPECT_EQ(read["defect_counts"][0]["rule"], "duplicate-field");
  EXPECT_EQ(read["defect_counts"][0]["count"], 999);
}

TEST(ParseJson, AnyOctetsGiveValidJson) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const auto read = json_of("Subject: " + all + "\nX-" + all + ": y\nContent-Type: x/" +
                            all + "; name=\"" + all + "\"\n\n" + all);
  EXPECT_EQ(read["type"], "message");
}

// Whatever a message is cut into, all that is said of it is the same.
TEST(ParseJson, AnyPiecesGiveTheSame) {
  const std::string message =
      "From: =?utf-8?q?=C3=BC?= <a@x>\r\nContent-Type: multipart/report; boundary=b\r\n"
      "\r\n--b\r\n\r\nbegin 644 a\r\n#0V%T\r\n`\r\nend\r\n--b\r\n"
      "Content-Type: message/delivery-status\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
      "Reporting-MTA: dns; x=\r\n.example\r\n\r\n"
      "Final-Recipient: rfc822; a=40x\r\nAction: failed\r\nStatus: 5.0.0\r\n"
      "--b\r\nContent-Type: message/rfc822\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeAoKYm9keQo=\r\n--b--\r\n";
  DumpOptions options;
  for (const auto form : {DumpForm::json, DumpForm::tree}) {
    options.form = form;
    const auto whole = dumped(message, options);
    for (std::size_t piece = 1; piece < message.size(); ++piece) {
      ASSERT_EQ(dumped(message, options, piece), whole) << piece;
    }
  }
  const auto read = json_of(message);
  const auto& recipients = read["parts"][3]["report"]["recipients"];
  ASSERT_EQ(recipients.size(), 1u);
  EXPECT_EQ(recipients[0]["final_recipient"], "a@x");
  EXPECT_EQ(read["parts"][2]["embedded"], "uuencode");
  EXPECT_EQ(read["parts"].back()["id"], "3.1");
}

TEST(ParseJson, ReportsTogetherAreBounded) {
  std::string message = "Content-Type: multipart/mixed; boundary=b\n\n";
  const std::string line = "Original-Rcpt-To: " + std::string(900, 'x') + "\n";
  for (int report = 0; report < 30; ++report) {
    message += "--b\nContent-Type: message/feedback-report\n\n";
    for (int i = 0; i < 100; ++i) message += line;
  }
  // 2.7 MB of reports, of which one MiB is read.
  EXPECT_LT(dumped(message, DumpForm::json).size(), 1'200'000u);
}

}  // namespace
}  // namespace mailtool::app
