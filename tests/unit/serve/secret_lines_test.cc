// What a dialogue file shows of what a client sends, in any portions.

#include "serve/secret_lines.h"

#include <gtest/gtest.h>

namespace mailtool::serve {
namespace {

// "C:" and "S:" in turns; what is shown of the client's.
struct Turn {
  std::string_view client;
  std::string_view server;
};
std::string shown(Protocols protocol, std::initializer_list<Turn> turns,
                  std::size_t portion) {
  SecretLines lines(protocol);
  std::string all;
  for (auto [client, server] : turns) {
    for (; !client.empty();
         client.remove_prefix(std::min(portion, client.size()))) {
      all += lines.client(client.substr(0, portion));
    }
    (void)lines.server(server);
  }
  return all + lines.rest();
}

class SecretLinesTest : public testing::TestWithParam<std::size_t> {
 protected:
  void expect(Protocols protocol, std::initializer_list<Turn> turns,
              std::string_view text) {
    EXPECT_EQ(shown(protocol, turns, GetParam()), text);
  }
};
INSTANTIATE_TEST_SUITE_P(Portion, SecretLinesTest, testing::Values(4096, 7, 1));

// An answer to what came before it, in one flight, was taken for the end of the
// login, and what was said then was shown.
TEST_P(SecretLinesTest, LoginsBehindOtherCommands) {
  expect(kPop3,
         {{"UTF8\r\nAUTH PLAIN\r\n", "+OK\r\n+ \r\n"},
          {"AGIAcw==\r\n", "+OK\r\n"},
          {"STAT\r\n", "+OK 0 0\r\n"}},
         "UTF8\r\nAUTH PLAIN\r\n****\r\nSTAT\r\n");
  expect(kSmtp,
         {{"NOOP\r\nAUTH LOGIN\r\n", "250 ok\r\n334 VXNlcm5hbWU6\r\n"},
          {"Yg==\r\n", "334 UGFzc3dvcmQ6\r\n"},
          {"cw==\r\n", "535 no\r\n"},
          {"NOOP\r\n", "250 ok\r\n"}},
         "NOOP\r\nAUTH LOGIN\r\n****\r\n****\r\nNOOP\r\n");
  expect(kImap,
         {{"a NOOP\r\nb AUTHENTICATE PLAIN\r\n", "a OK done\r\n+ \r\n"},
          {"AGIAcw==\r\n", "* CAPABILITY x\r\nb OK done\r\n"},
          {"c APPEND x {5}\r\n", "+ go ahead\r\n"},
          {"hello\r\n", "c OK done\r\n"}},
         "a NOOP\r\nb AUTHENTICATE PLAIN\r\n****\r\nc APPEND x "
         "{5}\r\nhello\r\n");
}

// What SCRAM says can be used to try passwords.
TEST_P(SecretLinesTest, WhatTheServerProves) {
  SecretLines lines(kSmtp);
  EXPECT_EQ(lines.server("334 not of a login\r\n"),
            "334 not of a login\r\n");
  (void)lines.client("AUTH SCRAM-SHA-256 biws\r\n");
  EXPECT_EQ(lines.server("250 ok\r\n334 cj1h\r\n"), "250 ok\r\n334 ****\r\n");
  (void)lines.client("Yz1i\r\n");
  EXPECT_EQ(lines.server("334 dj1h\r\n"), "334 ****\r\n");
  (void)lines.client("\r\n");
  EXPECT_EQ(lines.server("235 logged in\r\n"), "235 logged in\r\n");
}

TEST_P(SecretLinesTest, Smtp) {
  expect(kSmtp,
         {{"EHLO x\r\nauth plain AGIAcw==\r\n", "250 ok\r\n235 ok\r\n"},
          {"MAIL FROM:<a@b.example>\r\n", "250 ok\r\n"}},
         "EHLO x\r\nauth plain ****\r\nMAIL FROM:<a@b.example>\r\n");
  expect(kSmtp,
         {{"AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n"},
          {"Ym9i\r\n", "334 UGFzc3dvcmQ6\r\n"},
          {"c2VjcmV0\r\n", "535 no\r\n"},
          {"QUIT\r\n", "221 bye\r\n"}},
         "AUTH LOGIN\r\n****\r\n****\r\nQUIT\r\n");
}

TEST_P(SecretLinesTest, Pop3) {
  expect(kPop3,
         {{"USER bob\r\n", "+OK\r\n"},
          {"PASS  se cret\r\n", "+OK\r\n"},
          {"STAT\r\n", "+OK 0 0\r\n"}},
         "USER bob\r\nPASS ****\r\nSTAT\r\n");
  expect(kPop3,
         {{"AUTH PLAIN\r\n", "+ \r\n"},
          {"AGIAcw==\r\n", "+OK\r\n"},
          {"STAT\r\n", ""}},
         "AUTH PLAIN\r\n****\r\nSTAT\r\n");
}

TEST_P(SecretLinesTest, Imap) {
  expect(kImap,
         {{"a LOGIN bob \"se cret\"\r\n", "a OK in\r\n"},
          {"b NOOP\r\n", "b OK done\r\n"}},
         "a LOGIN ****\r\nb NOOP\r\n");
  expect(kImap,
         {{"a  authenticate PLAIN\r\n", "+ \r\n"},
          {"AGIAcw==\r\n", "a OK\r\n"},
          {"b NOOP\r\n", ""}},
         "a  authenticate PLAIN\r\n****\r\nb NOOP\r\n");
}

TEST_P(SecretLinesTest, ImapLiterals) {
  expect(kImap,
         {{"a LOGIN {3}\r\n", "+ go ahead\r\n"},
          {"bob {8}\r\n", "+ go ahead\r\n"},
          {"se\r\ncret\r\n", "a OK in\r\n"},
          {"b NOOP\r\n", ""}},
         "a LOGIN ****\r\n****\r\n****\r\nb NOOP\r\n");
  expect(kImap, {{"a LOGIN {3+}\r\nbob {6+}\r\nsecret\r\nb NOOP\r\n", ""}},
         "a LOGIN ****\r\n****\r\n****\r\nb NOOP\r\n");
}

// A line that never ends is masked all the same, and one that says nothing of
// interest passes in pieces.
TEST_P(SecretLinesTest, LongLines) {
  const std::string many(5000, 'x');
  expect(kSmtp, {{"AUTH PLAIN " + many, ""}}, "AUTH PLAIN ****");
  expect(kSmtp, {{"NOOP " + many + "\r\nNOOP\r\n", ""}},
         "NOOP " + many + "\r\nNOOP\r\n");
  expect(kSmtp, {{"PASS secr", ""}}, "PASS ****");
}

}  // namespace
}  // namespace mailtool::serve
