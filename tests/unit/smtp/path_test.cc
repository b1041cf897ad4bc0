#include "mailtool/smtp/path.h"

#include <gtest/gtest.h>

namespace mailtool::smtp {
namespace {

struct Case {
  const char* why;
  std::string text;
  bool legal;
};

const Case kCases[] = {
    {"simple", "bob@example.org", true},
    {"all of atext", "!#$%&'*+-/=?^_`{|}~@example.org", true},
    {"dots", "a.b.c@example.org", true},
    {"two dots", "a..b@example.org", false},
    {"leading dot", ".a@example.org", false},
    {"trailing dot", "a.@example.org", false},
    {"blank", "a b@example.org", false},
    {"quoted blank", "\"a b\"@example.org", true},
    {"quoted at", "\"a@b\"@example.org", true},
    {"quoted pair", "\"a\\\"b\"@example.org", true},
    {"quoted angle", "\"a>b\"@example.org", true},
    {"empty quotes", "\"\"@example.org", true},
    {"quote not closed", "\"a@example.org", false},
    {"quotes in the middle", "a\"b\"@example.org", false},
    {"text after quotes", "\"a\"b@example.org", false},
    {"tab in quotes", "\"a\tb\"@example.org", false},
    {"no at", "bob", false},
    {"postmaster", "Postmaster", true},
    {"two ats", "a@b@example.org", false},
    {"empty", "", false},
    {"empty local", "@example.org", false},
    {"empty domain", "bob@", false},
    {"single label", "bob@localhost", true},
    {"trailing dot of domain", "bob@example.org.", false},
    {"empty label", "bob@a..b", false},
    {"hyphen first", "bob@-a.org", false},
    {"hyphen last", "bob@a-.org", false},
    {"underscore", "bob@a_b.org", true},
    {"IPv4", "bob@[192.0.2.1]", true},
    {"IPv4 too big", "bob@[192.0.2.256]", false},
    {"IPv4 without brackets", "bob@192.0.2.1", true},
    {"IPv6", "bob@[IPv6:2001:db8::1]", true},
    {"IPv6 no address", "bob@[IPv6:xyz]", false},
    {"general literal", "bob@[x400:abc]", true},
    {"literal not closed", "bob@[192.0.2.1", false},
    {"empty literal", "bob@[]", false},
    {"UTF-8 local", "b\u00f6b@example.org", true},
    {"UTF-8 domain", "bob@ex\u00e4mple.org", true},
    {"not UTF-8", "b\xf6" "b@example.org", false},
    {"CRLF", "bob@example.org>\r\nRCPT TO:<x@y", false},
    {"LF in quotes", "\"a\nb\"@example.org", false},
    {"NUL", std::string("a\0b@example.org", 15), false},
    {"angle", "<bob@example.org>", false},
    {"escape", "bob\x1b@example.org", false},
};

TEST(Path, Table) {
  for (const auto& c : kCases) {
    const auto mailbox = parse_mailbox(c.text);
    EXPECT_EQ(mailbox.has_value(), c.legal) << c.why;
    if (mailbox) {
      EXPECT_EQ(to_string(*mailbox), c.text) << c.why;
    } else {
      EXPECT_EQ(mailbox.error().kind, ErrorKind::bad_input) << c.why;
      EXPECT_EQ(mailbox.error().what.find('\n'), std::string::npos) << c.why;
    }
  }
}

TEST(Path, Limits) {
  EXPECT_TRUE(parse_mailbox(std::string(64, 'a') + "@b"));
  EXPECT_FALSE(parse_mailbox(std::string(65, 'a') + "@b"));
  EXPECT_TRUE(parse_mailbox("a@" + std::string(63, 'b')));
  EXPECT_FALSE(parse_mailbox("a@" + std::string(64, 'b')));
  std::string domain;
  for (int i = 0; i < 127; ++i) domain += "a.";
  EXPECT_TRUE(parse_mailbox("a@" + domain + "b"));    // 255
  EXPECT_FALSE(parse_mailbox("a@" + domain + "bc"));  // 256
}

TEST(Path, Rules) {
  EXPECT_FALSE(parse_mailbox("bob"));
  EXPECT_TRUE(parse_mailbox("bob", {.domain_optional = true}));
  EXPECT_FALSE(parse_mailbox("b\u00f6b@example.org", {.utf8 = false}));
}

TEST(Path, Parts) {
  const auto mailbox = parse_mailbox("\"a@b\"@[192.0.2.1]");
  ASSERT_TRUE(mailbox);
  EXPECT_EQ(mailbox->local_part, "\"a@b\"");
  EXPECT_EQ(mailbox->domain, "[192.0.2.1]");
  EXPECT_TRUE(mailbox->address_literal());
  EXPECT_FALSE(mailbox->needs_smtputf8());
  EXPECT_TRUE(parse_mailbox("bob@ex\u00e4mple.org")->needs_smtputf8());
}

}  // namespace
}  // namespace mailtool::smtp
