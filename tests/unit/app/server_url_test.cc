#include "app/server_url.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

Result<ServerUrl> parse(std::string_view text) {
  return parse_server_url(text, {"smtp", "smtps", "lmtp", "pop3", "imaps"});
}

struct Good {
  const char* text;
  const char* user;
  const char* host;
  int port;
  const char* shown;
};

const Good kGood[] = {
    {"smtp://mail.example", "", "mail.example", 25, "smtp://mail.example"},
    {"smtp://al@mail.example", "al", "mail.example", 587,
     "smtp://al@mail.example"},
    {"SMTPS://a@x@mail.example/", "a@x", "mail.example", 465,
     "smtps://a@x@mail.example"},
    {"pop3://b%40x@h:1110", "b@x", "h", 1110, "pop3://b@x@h:1110"},
    {"imaps://[::1]:9930", "", "::1", 9930, "imaps://[::1]:9930"},
    {"lmtp://localhost:24", "", "localhost", 24, "lmtp://localhost:24"},
};

TEST(ServerUrl, Good) {
  for (const auto& c : kGood) {
    const auto url = parse(c.text);
    ASSERT_TRUE(url) << c.text;
    EXPECT_EQ(url->user, c.user) << c.text;
    EXPECT_EQ(url->host, c.host) << c.text;
    EXPECT_EQ(url->port, c.port) << c.text;
    EXPECT_EQ(url->to_string(), c.shown);
  }
  EXPECT_EQ(parse("lmtp:/run/lmtp")->socket, "/run/lmtp");
}

TEST(ServerUrl, Bad) {
  for (const char* text :
       {"mail.example", "http://mail.example", "smtp://", "smtp://a@",
        "smtp://h:0", "smtp://h:65536", "smtp://h:", "smtp://h:x", "lmtp://h",
        "smtp://[::1", "smtp://[::1]x", "smtp://h/INBOX", "smtp://h?x",
        "smtp://a%0d%0aQUIT@h", "smtp://a%@h", "smtp://h h", "smtp://@h",
        "smtp://h%00", "imap://h"}) {
    const auto url = parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::usage) << text;
  }
}

TEST(ServerUrl, APasswordIsRefusedAndNotRepeated) {
  const auto url = parse("smtp://al:hunter2@mail.example");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().one_line().find("hunter2"), std::string::npos);
  EXPECT_NE(url.error().hint.find("--password-from"), std::string::npos);
}

TEST(ServerUrl, LooksLike) {
  EXPECT_TRUE(looks_like_url("imaps://h"));
  EXPECT_TRUE(looks_like_url("lmtp:/run/x"));
  EXPECT_FALSE(looks_like_url("search"));
  EXPECT_FALSE(looks_like_url("from:a@b"));
  EXPECT_FALSE(looks_like_url("://h"));
}

}  // namespace
}  // namespace mailtool::app
