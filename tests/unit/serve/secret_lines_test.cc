// What a dialogue file shows of what a client sends, in any portions.

#include "serve/secret_lines.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::serve {
namespace {

using enum Upcoming::Kind;

// Lines of the client, or what is none, and what the session takes them for.
struct Line {
  std::string_view octets;
  Upcoming::Kind kind = command;
};

class SecretLinesTest : public testing::TestWithParam<std::size_t> {
 protected:
  static std::string say(SecretLines& lines,
                         std::initializer_list<Line> client) {
    std::string all;
    for (auto [text, kind] : client) {
      while (!text.empty()) {
        const auto piece = text.substr(0, GetParam());
        all += lines.client(piece, kind);
        text.remove_prefix(piece.size());
      }
    }
    return all;
  }
  static void expect(Protocols protocol, std::initializer_list<Line> client,
                     std::string_view text) {
    SecretLines lines(protocol);
    auto shown = say(lines, client);
    shown += lines.rest();
    EXPECT_EQ(shown, text);
  }
};
INSTANTIATE_TEST_SUITE_P(Portion, SecretLinesTest, testing::Values(4096, 7, 1));

TEST_P(SecretLinesTest, Smtp) {
  expect(kSmtp,
         {{"EHLO x\r\n"},
          {"auth plain AGIAcw==\r\n"},
          {"MAIL FROM:<a@b.example>\r\n"}},
         "EHLO x\r\nauth plain ****\r\nMAIL FROM:<a@b.example>\r\n");
  expect(kSmtp,
         {{"AUTH LOGIN\r\n"},
          {"Ym9i\r\n", secret},
          {"c2VjcmV0\r\n", secret},
          {"QUIT\r\n"}},
         "AUTH LOGIN\r\n****\r\n****\r\nQUIT\r\n");
}

TEST_P(SecretLinesTest, Pop3) {
  expect(kPop3, {{"USER bob\r\n"}, {"PASS  se cret\r\n"}, {"STAT\r\n"}},
         "USER bob\r\nPASS ****\r\nSTAT\r\n");
  expect(kPop3,
         {{"AUTH PLAIN\r\n"}, {"AGIAcw==\r\n", secret}, {"STAT\r\n"}},
         "AUTH PLAIN\r\n****\r\nSTAT\r\n");
}

TEST_P(SecretLinesTest, Imap) {
  expect(kImap, {{"a LOGIN bob \"se cret\"\r\n"}, {"b NOOP\r\n"}},
         "a LOGIN ****\r\nb NOOP\r\n");
  expect(kImap,
         {{"a  authenticate PLAIN\r\n"},
          {"AGIAcw==\r\n", secret},
          {"b NOOP\r\n"}},
         "a  authenticate PLAIN\r\n****\r\nb NOOP\r\n");
}

TEST_P(SecretLinesTest, ImapLiterals) {
  expect(kImap,
         {{"a LOGIN {3}\r\n"},
          {"bob", octets},
          {" {8}\r\n", rest},
          {"se\r\ncret", octets},
          {"\r\n", rest},
          {"b NOOP\r\n"}},
         "a LOGIN ****\r\n****\r\n****\r\nb NOOP\r\n");
  expect(kImap,
         {{"a SELECT {5}\r\n"}, {"INBOX", octets}, {" (x)\r\n", rest}},
         "a SELECT {5}\r\nINBOX (x)\r\n");
}

TEST_P(SecretLinesTest, MessagesAreWhole) {
  expect(kSmtp,
         {{"AUTH PLAIN x\r\n"},
          {"BDAT 20 LAST\r\n"},
          {"Login here\r\nAuth it", octets},
          {"NOOP\r\n"}},
         "AUTH PLAIN ****\r\nBDAT 20 LAST\r\nLogin here\r\nAuth it\r\n"
         "NOOP\r\n");
}

// What stands where a mechanism should may be anything.
TEST_P(SecretLinesTest, WhatIsNoCommandBehindALogin) {
  expect(kSmtp, {{"XYZZY\r\n"}, {"AUTH secret\r\n"}, {"secret\r\n"}, {"\r\n"}},
         "XYZZY\r\nAUTH ****\r\n****\r\n\r\n");
  expect(kImap, {{"LOGIN bob secret\r\n"}, {"secret\r\n"}, {"DONE\r\n"}},
         "LOGIN ****\r\n****\r\nDONE\r\n");
}

// A server says the tag again, and be it in part.
TEST_P(SecretLinesTest, TagsOfMaskedLines) {
  SecretLines lines(kImap);
  (void)say(lines, {{"a AUTHENTICATE X\r\n"}, {"secret x\r\n"}});
  EXPECT_EQ(lines.server("a NO x\r\n* OK\r\nsecret BAD what\r\n", false),
            "a NO x\r\n* OK\r\n**** BAD what\r\n");
  EXPECT_EQ(lines.server("secr", false), "****");
}

TEST_P(SecretLinesTest, NoTagBehindTooMany) {
  SecretLines lines(kImap);
  (void)say(lines, {{"a LOGIN x\r\n"}});
  for (int i = 0; i < 100; ++i) {
    const auto line = "secret" + std::to_string(i) + " x\r\n";
    (void)say(lines, {{line}});
  }
  EXPECT_EQ(lines.server("secret99 BAD\r\n* BYE\r\n", false),
            "**** BAD\r\n* BYE\r\n");
}

// What SCRAM says can be used to try passwords.
TEST_P(SecretLinesTest, WhatTheServerProves) {
  SecretLines lines(kSmtp);
  EXPECT_EQ(lines.server("334 not of a login\r\n", false),
            "334 not of a login\r\n");
  EXPECT_EQ(lines.server("250 ok\r\n334 cj1h\r\n", true),
            "250 ok\r\n334 ****\r\n");
  EXPECT_EQ(lines.server("334 cj", true), "334 ****");
  EXPECT_EQ(lines.server("1h\r\n235 logged in\r\n", false),
            "\r\n235 logged in\r\n");
  EXPECT_EQ(lines.server("+ \r\n", true), "+ \r\n");
}

// A line that never ends is masked all the same, and one that says nothing of
// interest passes in pieces.
TEST_P(SecretLinesTest, LongLines) {
  const std::string many(5000, 'x');
  expect(kSmtp, {{"AUTH PLAIN " + many}}, "AUTH PLAIN ****");
  const auto line = "NOOP " + many + "\r\n";
  expect(kSmtp, {{line}, {"NOOP\r\n"}}, line + "NOOP\r\n");
  expect(kSmtp, {{"PASS secr"}}, "PASS ****");
}

}  // namespace
}  // namespace mailtool::serve
