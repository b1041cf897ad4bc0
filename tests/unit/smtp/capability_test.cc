#include "mailtool/smtp/capability.h"

#include <gtest/gtest.h>

namespace mailtool::smtp {
namespace {

Capabilities of(std::vector<std::string> lines) {
  lines.insert(lines.begin(), "mail.example greets you");
  return parse_capabilities({250, {}, std::move(lines)});
}

TEST(Capability, All) {
  const auto c = of({"SIZE 52428800", "8bitmime", "PIPELINING", "StartTLS",
                     "AUTH PLAIN Login SCRAM-SHA-256-PLUS", "CHUNKING",
                     "BINARYMIME", "DSN", "ENHANCEDSTATUSCODES", "SMTPUTF8",
                     "LIMITS RCPTMAX=20 MAILMAX=5 RCPTDOMAINMAX=1",
                     "VRFY", "X-Odd one  two"});
  EXPECT_EQ(c.domain, "mail.example");
  EXPECT_EQ(c.max_size, 52'428'800u);
  EXPECT_TRUE(c.size && c.eight_bit_mime && c.pipelining && c.starttls &&
              c.chunking && c.binary_mime && c.dsn && c.enhanced_status_codes &&
              c.smtputf8);
  EXPECT_EQ(c.auth, (std::vector<std::string>{"PLAIN", "LOGIN",
                                              "SCRAM-SHA-256-PLUS"}));
  EXPECT_EQ(c.max_recipients, 20u);
  EXPECT_EQ(c.max_messages, 5u);
  EXPECT_EQ(c.max_recipient_domains, 1u);
  EXPECT_TRUE(c.offers("vrfy"));
  EXPECT_TRUE(c.offers("x-odd"));
  EXPECT_TRUE(c.offers("dsn"));
  EXPECT_TRUE(c.offers("AUTH"));
  EXPECT_FALSE(c.offers("TURN"));
  EXPECT_EQ(parse_capabilities(to_reply(c)), c);
}

TEST(Capability, OldAuth) {
  const auto c = of({"AUTH=LOGIN PLAIN", "AUTH LOGIN PLAIN CRAM-MD5"});
  EXPECT_EQ(c.auth, (std::vector<std::string>{"LOGIN", "PLAIN", "CRAM-MD5"}));
}

struct SizeCase {
  const char* why;
  const char* line;
  bool size;
  std::optional<std::uint64_t> max;
};

const SizeCase kSizes[] = {
    {"none", "SIZE", true, {}},
    {"zero: no limit", "SIZE 0", true, {}},
    {"limit", "SIZE 10", true, 10},
    {"largest", "SIZE 18446744073709551615", true, UINT64_MAX},
    {"overflow", "SIZE 18446744073709551616", false, {}},
    {"negative", "SIZE -1", false, {}},
    {"float", "SIZE 1e9", false, {}},
    {"many blanks", "SIZE    10  ", true, 10},
    {"glued", "SIZE10", false, {}},
};

TEST(Capability, Size) {
  for (const auto& s : kSizes) {
    const auto c = of({s.line});
    EXPECT_EQ(c.size, s.size) << s.why;
    EXPECT_EQ(c.max_size, s.max) << s.why;
  }
}

TEST(Capability, NonsenseIsNotOffered) {
  const auto c = of({std::string("START\0TLS", 9), "", "   ", "LIMITS RCPTMAX=0",
                     "LIMITS RCPTMAX=-3 MAILMAX", "STARTTLSX", "AUTH",
                     "AUTH AVERYLONGNAMEOFAMECHANISM PLAIN", "AUTH \x1b[2J"});
  EXPECT_FALSE(c.starttls);
  EXPECT_FALSE(c.max_recipients);
  EXPECT_FALSE(c.max_messages);
  EXPECT_EQ(c.auth, std::vector<std::string>{"PLAIN"});
  EXPECT_EQ(parse_capabilities(to_reply(c)), c);
}

TEST(Capability, FirstLineIsNoExtension) {
  const auto c = parse_capabilities({250, {}, {"STARTTLS"}});
  EXPECT_FALSE(c.starttls);
  EXPECT_EQ(c.domain, "STARTTLS");
  EXPECT_EQ(parse_capabilities({250, {}, {""}}), Capabilities{});
}

}  // namespace
}  // namespace mailtool::smtp
