#include "cli/smtp_session.h"

#include <gtest/gtest.h>

#include "cli/sendmail_session.h"

namespace mailtool::cli {
namespace {

/// Gives its text a few octets at a time.
class Drip : public Source {
 public:
  Drip(std::string_view text, std::size_t piece) : rest_(text), piece_(piece) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = rest_.copy(into.data(), std::min(piece_, into.size()));
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t piece_;
};

struct Served {
  std::string replies;
  std::string messages;  // "sender > recipient: text|"
};

Served served(std::string_view input, std::size_t piece) {
  Served result;
  Drip in(input, piece);
  StringSink out(1 << 24);
  StringSink text(1 << 24);
  SmtpSession session(
      in, out, "h.example",
      {[&]() -> Result<Sink*> { return static_cast<Sink*>(&text); },
       [&](const SmtpSession::Envelope& envelope) -> Result<std::string> {
         result.messages += envelope.sender + " > " + envelope.recipient +
                            ": " + text.take() + "|";
         return std::string("250 2.0.0 sent");
       }});
  const auto done = session.run();
  EXPECT_TRUE(done) << done.error().one_line();
  result.replies = out.text();
  return result;
}

// The code of each reply, "-" for lines that go on left out.
std::string codes(const std::string& replies) {
  std::string text;
  for (std::size_t at = 0; at < replies.size();) {
    const auto end = replies.find("\r\n", at);
    if (replies[at + 3] == ' ') text += replies.substr(at, 3) + " ";
    at = end + 2;
  }
  return text;
}

void expect(const std::string& input, const std::string& expected_codes,
            const std::string& expected_messages) {
  for (const std::size_t piece :
       {input.size() + 1, std::size_t{1}, std::size_t{5}}) {
    SCOPED_TRACE(piece);
    const auto got = served(input, piece);
    EXPECT_EQ(codes(got.replies), expected_codes);
    EXPECT_EQ(got.messages, expected_messages);
  }
}

constexpr const char* kBegin =
    "EHLO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b>\r\nDATA\r\n";

TEST(SmtpSession, TakesMessagesUntilQuit) {
  expect(
      "EHLO client\r\nmail from: <a@x.example> BODY=8BITMIME SIZE=5\r\n"
      "RCPT TO:<\"b >\"@x.example> NOTIFY=NEVER\r\nrcpt to:<root>\r\nDATA\r\n"
      "one\r\n\r\n..two\r\n.three\r\n.\r\nMAIL FROM:<>\r\nRCPT "
      "TO:<c>\r\nDATA\r\n"
      ".\r\nQUIT\r\nNOOP\r\n",
      "220 250 250 250 452 354 250 250 250 354 250 221 ",
      "a@x.example > \"b >\"@x.example: one\r\n\r\n.two\r\nthree\r\n| > "
      "c: |");
}

// A message for two would have two outcomes, and DATA has one answer.
TEST(SmtpSession, TakesOneRecipientATransaction) {
  expect(
      "EHLO x\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\nRCPT TO:<>\r\n"
      "RCPT TO:<b>\r\nDATA\r\none\r\n.\r\nMAIL FROM:<a>\r\nRCPT TO:<c>\r\n"
      "DATA\r\none\r\n.\r\nMAIL FROM:<a>\r\nRCPT TO:<d>\r\nRSET\r\n"
      "MAIL FROM:<a>\r\nDATA\r\nRCPT TO:<e>\r\nDATA\r\none\r\n.\r\nQUIT\r\n",
      "220 250 250 250 452 553 452 354 250 250 250 354 250 250 250 250 250 503 "
      "250 354 250 221 ",
      "a > b: one\r\n|a > c: one\r\n|a > e: one\r\n|");
  EXPECT_NE(served("MAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\n", 100)
                .replies.find("\r\n452 4.5.3 one recipient at a time\r\n"),
            std::string::npos);
}

TEST(SmtpSession, PassesOverSourceRoutes) {
  expect(
      "EHLO x\r\nMAIL FROM:<@r.example:a@x.example>\r\n"
      "RCPT TO:<@relay:>\r\nRCPT TO:<@relay>\r\nRCPT TO:<@relay:b c@x.org>\r\n"
      "RCPT TO:<@[IPv6:::1]:b@x.org>\r\n"
      "RCPT TO:<@relay,@r.example:\"b:\"@x.org>\r\nDATA\r\none\r\n.\r\n"
      "MAIL FROM:<@r.example:>\r\nQUIT\r\n",
      "220 250 250 501 501 553 553 250 354 250 501 221 ",
      "a@x.example > \"b:\"@x.org: one\r\n|");
}

TEST(SmtpSession, AnswersWhatIsOutOfOrderOrWrong) {
  expect(
      "DATA\r\nRCPT TO:<b>\r\nHELO x\r\nMAIL TO:<b>\r\nMAIL FROM:b\r\n"
      "MAIL FROM:<a b>\r\nMAIL FROM:<a>\r\nMAIL FROM:<a>\r\nDATA\r\n"
      "RCPT TO:<>\r\nRCPT TO:<a\x01>\r\nRSET\r\nRCPT TO:<b>\r\nNOOP\r\n"
      "VRFY b\r\nSTARTTLS\r\n\r\nQUIT\r\n",
      "220 503 503 250 501 501 553 250 503 503 553 553 250 503 250 252 502 "
      "502 221 ",
      "");
}

TEST(SmtpSession, EndsWithItsInput) {
  expect("", "220 ", "");
  expect("EHLO x", "220 ", "");
  // Half a message is none.
  expect(std::string(kBegin) + "one\r\n", "220 250 250 250 354 ", "");
  expect(std::string(kBegin) + "one\r\n.", "220 250 250 250 354 ", "");
}

// A bare LF is text where the session has CRLF: nothing behind it is a command.
TEST(SmtpSession, NoMessageIsSmuggledIn) {
  expect(std::string(kBegin) +
             "one\n.\nMAIL FROM:<evil@x.example>\r\n.\n\r\n.\r\nQUIT\r\n",
         "220 250 250 250 354 250 221 ",
         "a@x.example > b: one\n.\nMAIL FROM:<evil@x.example>\r\n\n\r\n|");
  expect(std::string(kBegin) + "one\r.\r\n.\n.\r\n.\r\nQUIT\r\n",
         "220 250 250 250 354 250 221 ", "a@x.example > b: one\r.\r\n\n.\r\n|");
}

TEST(SmtpSession, MayBeTypedByHand) {
  expect("HELO x\nMAIL FROM:<a>\nRCPT TO:<b>\nDATA\none\n..\n.\nQUIT\n",
         "220 250 250 250 354 250 221 ", "a > b: one\n.\n|");
}

TEST(SmtpSession, IsBounded) {
  const std::string line(100'000, 'x');
  expect(line + "\r\nNOOP " + line + "\r\nNOOP\r\nQUIT\r\n",
         "220 500 500 250 221 ", "");
  const std::string text(300'000, '.');
  expect(std::string(kBegin) + text + "\r\n.\r\n", "220 250 250 250 354 250 ",
         "a@x.example > b: " + text.substr(1) + "\r\n|");
}

TEST(SendmailSession, TheReplyTellsWhetherToTryAgain) {
  using app::ExitStatus;
  EXPECT_EQ(reply_of(ExitStatus::ok).front(), '2');
  for (const auto status : {ExitStatus::temp_fail, ExitStatus::config,
                            ExitStatus::os_err, ExitStatus::io_err}) {
    EXPECT_EQ(reply_of(status).front(), '4');
  }
  for (const auto status :
       {ExitStatus::no_user, ExitStatus::no_host, ExitStatus::data_err,
        ExitStatus::unavailable, ExitStatus::no_perm}) {
    EXPECT_EQ(reply_of(status).front(), '5');
  }
}

}  // namespace
}  // namespace mailtool::cli
