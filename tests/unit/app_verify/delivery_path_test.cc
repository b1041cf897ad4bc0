#include "app/delivery_path.h"

#include <gtest/gtest.h>

#include "text_input.h"

namespace mailtool::app {
namespace {

DeliveryPath path_of(const std::string& header) {
  const test::TextInput message(header + "\r\n\r\nx\r\n");
  return delivery_path(message.input().structure);
}

TEST(DeliveryPath, IsDrawnFromTheOldestHop) {
  const auto path = path_of(
      "Received: from relay.example (relay.example [192.0.2.2])\r\n"
      " by mx.example with ESMTPS id 3; Fri, 20 Nov 2026 21:15:09 +0100\r\n"
      "Received: by relay.example with LMTP; Fri, 20 Nov 2026 20:15:10 "
      "+0000\r\n"
      "Subject: x\r\n"
      "Received: from client.example ([192.0.2.1]) by relay.example\r\n"
      " with ESMTP id 1; Fri, 20 Nov 2026 21:15:04 +0100");
  ASSERT_EQ(path.hops.size(), 3u);
  EXPECT_EQ(path.hops[0].from, "client.example");
  EXPECT_EQ(path.hops[0].ip, "192.0.2.1");
  EXPECT_EQ(path.hops[0].by, "relay.example");
  EXPECT_EQ(path.hops[0].with, "ESMTP");
  EXPECT_EQ(path.hops[0].tls, HopTls::no);
  EXPECT_FALSE(path.hops[0].delay);
  EXPECT_EQ(path.hops[1].delay, 6);
  EXPECT_EQ(path.hops[2].tls, HopTls::yes);
  EXPECT_EQ(path.hops[2].delay, -1);
  EXPECT_EQ(path.total, 5);
}

TEST(DeliveryPath, MeasuresOverHopsWithoutADate) {
  const auto path = path_of(
      "Received: by c.example; Fri, 20 Nov 2026 21:15:09 +0100\r\n"
      "Received: by b.example\r\n"
      "Received: by a.example; Fri, 20 Nov 2026 21:15:04 +0100");
  ASSERT_EQ(path.hops.size(), 3u);
  EXPECT_FALSE(path.hops[1].date);
  EXPECT_FALSE(path.hops[1].delay);
  EXPECT_EQ(path.hops[2].delay, 5);
  EXPECT_FALSE(
      path_of("Received: by a; Fri, 20 Nov 2026 21:15:04 +0100").total);
  EXPECT_FALSE(path_of("Subject: x").total);
}

TEST(DeliveryPath, TellsTlsWhereItIsTold) {
  const struct {
    const char* value;
    HopTls expected;
  } kCases[] = {
      {"by b with ESMTPS", HopTls::yes},
      {"by b with esmtpsa id 1", HopTls::yes},
      {"by b with UTF8SMTPS", HopTls::yes},
      {"by b with ESMTPA", HopTls::no},
      {"by b with SMTP", HopTls::no},
      {"from a (version=TLS1_3 cipher=X) by b with SMTP", HopTls::yes},
      {"from a (using TLSv1.3 with cipher X) by b with ESMTP", HopTls::yes},
      {"by b with local", HopTls::not_told},
      {"by b", HopTls::not_told},
  };
  for (const auto& c : kCases) {
    const auto path = path_of(std::string("Received: ") + c.value);
    ASSERT_EQ(path.hops.size(), 1u);
    EXPECT_EQ(path.hops[0].tls, c.expected) << c.value;
  }
}

TEST(DeliveryPath, HasALimit) {
  std::string header;
  for (int i = 0; i < 1000; ++i) header += "Received: by a.example\r\n";
  const auto path = path_of(header + "Subject: x");
  EXPECT_EQ(path.hops.size(), kMaxHops);
  EXPECT_EQ(path.left_out, 1000 - kMaxHops);
}

TEST(DelayText, HasTwoUnits) {
  EXPECT_EQ(delay_text(0), "0 s");
  EXPECT_EQ(delay_text(59), "59 s");
  EXPECT_EQ(delay_text(60), "1 min 0 s");
  EXPECT_EQ(delay_text(-125), "-2 min 5 s");
  EXPECT_EQ(delay_text(3600), "1 h 0 min");
  EXPECT_EQ(delay_text(86'400 * 2 + 3 * 3600), "2 d 3 h");
}

}  // namespace
}  // namespace mailtool::app
