// The Received field: RFC 5321 section 4.4.

#include "app/serve_trace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::app {
namespace {

constexpr std::int64_t kNoon = 1'795'176'000;

// On one line, up to the date.
std::string field(const serve::Envelope& envelope) {
  auto text = received_field(envelope, "mx.test", "1.0", kNoon);
  EXPECT_TRUE(text.ends_with("\r\n"));
  std::string line;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    line += c == '\t' ? ' ' : c;
  }
  EXPECT_NE(line.find("; Fri, 20 Nov 2026 "), line.npos) << line;
  return line.substr(0, line.find("; Fri"));
}

serve::Envelope envelope(const char* verb = "EHLO") {
  serve::Envelope one{.peer = "127.0.0.1"};
  one.hello = {verb, "laptop.test"};
  one.recipients.emplace_back().forward_path = "bob@crepes.test";
  return one;
}

TEST(ServeTrace, Protocols) {
  EXPECT_EQ(field(envelope("HELO")),
            "Received: from laptop.test ([127.0.0.1]) by mx.test with SMTP id "
            "1.0 for <bob@crepes.test>");
  auto one = envelope();
  one.recipients.emplace_back();
  EXPECT_EQ(field(one),
            "Received: from laptop.test ([127.0.0.1]) by mx.test with ESMTP id "
            "1.0");
  one.tls = TlsInfo{"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, false};
  one.user = "alice";
  one.peer = "::1";
  EXPECT_EQ(
      field(one),
      "Received: from laptop.test ([IPv6:::1]) by mx.test with ESMTPSA id "
      "1.0 tls TLS_AES_256_GCM_SHA384");
  one.mail.smtputf8 = true;
  one.tls->cipher = "ECDHE-RSA-AES256-GCM-SHA384";
  EXPECT_EQ(
      field(one),
      "Received: from laptop.test ([IPv6:::1]) by mx.test with UTF8SMTPSA "
      "id 1.0");
}

// What a client says of itself is no other part of the field.
TEST(ServeTrace, HostileNames) {
  auto one = envelope();
  one.peer.clear();
  one.hello.name = "a;by(evil)<x>\x1b[31m\"\xc3\xbc";
  EXPECT_TRUE(field(one).starts_with(
      "Received: from a?by?evil??x??[31m??? by mx.test with ESMTP"))
      << field(one);
  one.mail.smtputf8 = true;
  EXPECT_TRUE(field(one).starts_with(
      "Received: from a?by?evil??x??[31m?\xc3\xbc by mx.test with UTF8SMTP"))
      << field(one);
  one.hello.name.assign(2'000, 'x');
  EXPECT_LT(received_field(one, "mx.test", "1", kNoon).size(), 500u);
  one.hello.name = "[IPv6:::1]";
  EXPECT_TRUE(field(one).starts_with("Received: from [IPv6:::1] by "));
}

}  // namespace
}  // namespace mailtool::app
