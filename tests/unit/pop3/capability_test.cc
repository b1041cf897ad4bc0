#include "mailtool/pop3/capability.h"

#include <gtest/gtest.h>

namespace mailtool::pop3 {
namespace {

using Words = std::vector<std::string>;

Capabilities read(const std::vector<std::string>& lines) {
  Capabilities capabilities;
  for (const auto& line : lines) EXPECT_TRUE(capabilities.feed_line(line));
  return capabilities;
}

// The example of RFC 2449 section 5.
const std::vector<std::string> kExample = {
    "TOP",
    "USER",
    "SASL CRAM-MD5 KERBEROS_V4",
    "RESP-CODES",
    "LOGIN-DELAY 900",
    "PIPELINING",
    "EXPIRE 60",
    "UIDL",
    "IMPLEMENTATION Shlemazle-Plotz-v302"};

TEST(Pop3Capability, Rfc2449) {
  const auto capabilities = read(kExample);
  EXPECT_TRUE(capabilities.has("pipelining"));
  EXPECT_FALSE(capabilities.has("STLS"));
  EXPECT_EQ(capabilities.parameters("sasl"),
            (Words{"CRAM-MD5", "KERBEROS_V4"}));
  EXPECT_EQ(capabilities.parameters("STLS"), Words{});
}

TEST(Pop3Capability, ExpireAndLoginDelay) {
  const auto example = read(kExample);
  EXPECT_EQ(example.expire(), (Expire{false, 60, false}));
  EXPECT_EQ(example.login_delay(), (LoginDelay{900, false}));
  EXPECT_EQ(example.implementation(), "Shlemazle-Plotz-v302");
  // RFC 2449 sections 6.5 and 6.7.
  const auto user = read({"EXPIRE 30 USER", "LOGIN-DELAY 120 user"});
  EXPECT_EQ(user.expire(), (Expire{false, 30, true}));
  EXPECT_EQ(user.login_delay(), (LoginDelay{120, true}));
  EXPECT_EQ(read({"EXPIRE never"}).expire(), (Expire{true, 0, false}));
  EXPECT_EQ(read({"EXPIRE 0"}).expire(), (Expire{false, 0, false}));
  const auto odd = read({"EXPIRE", "LOGIN-DELAY -1", "IMPLEMENTATION a  b"});
  EXPECT_EQ(odd.expire(), std::nullopt);
  EXPECT_EQ(odd.login_delay(), std::nullopt);
  EXPECT_EQ(odd.implementation(), "a b");
  EXPECT_EQ(read({"EXPIRE soon"}).expire(), std::nullopt);
  EXPECT_EQ(read({}).implementation(), "");
}

TEST(Pop3Capability, RoundTrip) {
  const auto first = read(kExample);
  std::vector<std::string> lines;
  std::string wire = first.to_wire();
  ASSERT_TRUE(wire.ends_with("\r\n.\r\n"));
  for (std::size_t at = 0; (at = wire.find("\r\n")) != 1;) {
    lines.push_back(wire.substr(0, at));
    wire.erase(0, at + 2);
  }
  EXPECT_EQ(read(lines), first);
}

TEST(Pop3Capability, OddLines) {
  const auto capabilities = read({"", "  ", "\x1b[2J", std::string("NU\0L", 4),
                                  "sasl  PLAIN\tLOGIN ", "SASL X"});
  EXPECT_FALSE(capabilities.has(""));
  EXPECT_EQ(capabilities.parameters("SASL"),
            (Words{"PLAIN", "LOGIN", "X"}));  // tabs and blanks
}

TEST(Pop3Capability, AListWithoutEndIsRefused) {
  Capabilities capabilities;
  Result<void> fed;
  std::size_t taken = 0;
  while (fed && taken < 1000) {
    fed = capabilities.feed_line("X");
    ++taken;
  }
  EXPECT_EQ(taken, Capabilities::kMaxLines + 1);
  EXPECT_EQ(fed.error().kind, ErrorKind::protocol);
}

}  // namespace
}  // namespace mailtool::pop3
