#include "mailtool/pop3/command.h"

#include <gtest/gtest.h>

namespace mailtool::pop3 {
namespace {

TEST(Pop3Command, Wire) {
  EXPECT_EQ(capa().line, "CAPA\r\n");
  EXPECT_TRUE(capa().multiline);
  EXPECT_EQ(stat().line, "STAT\r\n");
  EXPECT_FALSE(stat().multiline);
  EXPECT_EQ(retr(4294967295).line, "RETR 4294967295\r\n");
  EXPECT_TRUE(retr(1).multiline);
  EXPECT_EQ(top(3, 0).line, "TOP 3 0\r\n");
  EXPECT_EQ(dele(7).line, "DELE 7\r\n");
  EXPECT_EQ(quit().line, "QUIT\r\n");
  EXPECT_EQ(user("bob smith")->line, "USER bob smith\r\n");
  EXPECT_EQ(auth("PLAIN", "")->line, "AUTH PLAIN\r\n");
  EXPECT_EQ(auth("PLAIN", "=")->line, "AUTH PLAIN =\r\n");
  EXPECT_EQ(utf8().line, "UTF8\r\n");
  EXPECT_EQ(lang("pt-BR")->line, "LANG pt-BR\r\n");
}

TEST(Pop3Command, LanguageTags) {
  for (const auto& tag :
       {std::string(), std::string("*"), std::string("de AT"),
        std::string("de_AT"), std::string("de\r\nQUIT"), std::string("-x"),
        std::string("1x"), std::string(36, 'x')}) {
    const auto command = lang(tag);
    ASSERT_FALSE(command) << tag;
    EXPECT_EQ(command.error().kind, ErrorKind::usage);
  }
}

TEST(Pop3Command, SecretsAreMasked) {
  const auto command = pass(Secret("tanstaaf"));
  ASSERT_TRUE(command);
  EXPECT_EQ(command->line, "PASS tanstaaf\r\n");
  EXPECT_EQ(command->shown, "PASS ****");
  EXPECT_TRUE(command->secret);
  EXPECT_EQ(apop("mrose", "c4c9")->shown, "APOP mrose ****");
  EXPECT_EQ(auth("PLAIN", "AGI=")->shown, "AUTH PLAIN ****");
}

TEST(Pop3Command, NoArgumentBecomesACommand) {
  for (const std::string_view octet :
       {std::string_view("\r"), std::string_view("\n"),
        std::string_view("\0", 1)}) {
    const std::string evil = "a" + std::string(octet) + "DELE 1";
    EXPECT_EQ(user(evil).error().kind, ErrorKind::usage);
    EXPECT_EQ(pass(Secret(evil)).error().kind, ErrorKind::usage);
    EXPECT_EQ(pass(Secret(evil)).error().one_line().find("DELE"),
              std::string::npos);
    EXPECT_EQ(apop(evil, "00").error().kind, ErrorKind::usage);
    EXPECT_EQ(apop("a", evil).error().kind, ErrorKind::usage);
    EXPECT_EQ(auth(evil, "").error().kind, ErrorKind::usage);
    EXPECT_EQ(auth("PLAIN", evil).error().kind, ErrorKind::usage);
  }
  EXPECT_FALSE(user(""));
  EXPECT_FALSE(apop("two words", "00"));
}

struct Stamp {
  const char* why;
  std::string greeting;
  std::string stamp;
};

// clang-format off
const Stamp kStamps[] = {
    {"RFC 1939",        "POP3 server ready <1896.697170952@dbc.mtview.ca.us>", "<1896.697170952@dbc.mtview.ca.us>"},
    {"in the middle",   "<1@x> ready",            "<1@x>"},
    {"none",            "ready",                  ""},
    {"no at",           "ready <1896>",           ""},
    {"not closed",      "ready <1@x",             ""},
    {"nothing left",    "ready <@x>",             ""},
    {"nothing right",   "ready <1@>",             ""},
    {"two ats",         "ready <1@x@y>",          ""},
    {"a space",         "ready <1 1@x>",          ""},
    {"8-bit",           "ready <1\xff@x>",        ""},
    {"a control",       "ready <1\x01@x>",        ""},
    {"nested",          "ready <1<2@x>",          ""},
    {"too long",        "<" + std::string(300, '1') + "@x>", ""},
};
// clang-format on

TEST(Pop3Command, ApopTimestamp) {
  for (const auto& c : kStamps) {
    EXPECT_EQ(apop_timestamp(c.greeting), c.stamp) << c.why;
  }
}

}  // namespace
}  // namespace mailtool::pop3
