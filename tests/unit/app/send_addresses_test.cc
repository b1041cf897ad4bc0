// Domains beyond ASCII, and mailboxes spelled twice.
#include <gtest/gtest.h>

#include <fstream>

#include "app/ascii_domain.h"
#include "support/prepare_message.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class SendAddresses : public testing::Test {
 protected:
  void option(const char* name, std::string text) {
    invocation_.options.add(name, {std::move(text), "test"});
  }
  void message(std::string_view text) {
    const auto path = folder_.path() / "m";
    std::ofstream(path, std::ios::binary) << text;
    option("message", path.string());
  }
  static std::string content(const OutgoingMessage& message) {
    const auto source = message.content->source();
    std::string text;
    char buffer[1000];
    for (;;) {
      const auto count = source->read_some({buffer, sizeof buffer});
      if (!count || *count == 0) return text;
      text.append(buffer, *count);
    }
  }
  Invocation invocation_{.command = "send"};
  test::TempDir folder_;
};

TEST_F(SendAddresses, ADomainAloneAsksNothingOfTheServer) {
  option("from", "Bücher <a@bücher.example>");
  option("to", "b@bücher.example");
  option("header", "Resent-To: Jörg <c@BÜCHER.example>");
  option("body", "x");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_FALSE(message->needs_smtputf8);
  EXPECT_EQ(message->content->needs(), smtp::Body::seven_bit);
  const auto text = content(*message);
  for (const auto* line :
       {"From: =?utf-8?Q?B=C3=BCcher?= <a@xn--bcher-kva.example>\r\n",
        "\r\nTo: b@xn--bcher-kva.example\r\n",
        "\r\nResent-To: =?utf-8?B?SsO2cmc=?= <c@xn--bcher-kva.example>\r\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST_F(SendAddresses, ALocalPartAsksForSmtputf8) {
  option("from", "a@x.example");
  option("to", "jörg@bücher.example");
  option("body", "x");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_TRUE(message->needs_smtputf8);
  EXPECT_NE(content(*message).find("\r\nTo: jörg@bücher.example\r\n"),
            std::string::npos);
}

TEST_F(SendAddresses, ARawDomainOfAReadyMessageBecomesALabels) {
  message("From: a@bücher.example\nTo: b@bücher.example,\n c@x.example\n\nx\n");
  option("read-recipients", "");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_FALSE(message->needs_smtputf8);
  EXPECT_EQ(message->content->needs(), smtp::Body::seven_bit);
  const auto text = content(*message);
  EXPECT_NE(text.find("To: b@xn--bcher-kva.example, c@x.example\r\n"),
            std::string::npos)
      << text;
}

TEST_F(SendAddresses, ARawLocalPartOfAReadyMessageStays) {
  message("From: a@x.example\nTo: jörg@bücher.example\n\nx\n");
  option("read-recipients", "");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_TRUE(message->needs_smtputf8);
  EXPECT_NE(content(*message).find("To: jörg@bücher.example\r\n"),
            std::string::npos);
}

TEST_F(SendAddresses, ASignedMessageKeepsItsRawDomain) {
  message("From: a@bücher.example\nDKIM-Signature: v=1\n\nx\n");
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_TRUE(message->needs_smtputf8);
  EXPECT_TRUE(content(*message).starts_with("From: a@bücher.example\r\n"));
}

TEST_F(SendAddresses, TheFromThatIsAddedHasALabels) {
  message("Subject: x\n\nx\n");
  option("from", "a@bücher.example");
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_FALSE(message->needs_smtputf8);
  EXPECT_NE(content(*message).find("From: a@xn--bcher-kva.example\r\n"),
            std::string::npos);
}

TEST_F(SendAddresses, AMailboxSpelledTwiceIsOneRecipient) {
  message("From: a@x.example\n\nx\n");
  invocation_.arguments = {"b@x.example",      "b@X.EXAMPLE",
                           "B@x.example",      "b@bücher.example",
                           "b@BÜCHER.example", "b@XN--bcher-kva.example",
                           "bob",              "bob"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->recipients,
            (std::vector<std::string>{"b@x.example", "B@x.example",
                                      "b@bücher.example", "bob"}));
}

TEST(AsciiDomain, OnlyDomainsThatNameAHostChange) {
  EXPECT_EQ(with_ascii_domain("a@bücher.example"), "a@xn--bcher-kva.example");
  EXPECT_EQ(with_ascii_domain("\"a@ö\"@x.example"), "\"a@ö\"@x.example");
  for (const auto* same : {"a@X.example", "ä@bücher.example", "a", "ä", "",
                           "a@[192.0.2.1]", "a@bü cher", "a@ü..example"}) {
    EXPECT_EQ(with_ascii_domain(same), same);
  }
}

TEST(AsciiDomain, AFieldKeepsAllElse) {
  EXPECT_EQ(with_ascii_domains("Jö <a@ü.test>,\tG: a@ü.test ,  \"ö\"@ä.test;"),
            "Jö <a@xn--tda.test>,\tG: a@xn--tda.test ,  \"ö\"@ä.test;");
}

TEST(AsciiDomain, WhatItCannotReadItLeaves) {
  for (const auto* same :
       {"(a@ü.test) a@ü.test", "a@ü.test, <", "a @ ü.test", "ü"}) {
    EXPECT_EQ(with_ascii_domains(same), same);
  }
}

}  // namespace
}  // namespace mailtool::app
