#include "app/send_message.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/prepare_message.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class SendMessage : public testing::Test {
 protected:
  void option(const char* name, std::string text) {
    invocation_.options.add(name, {std::move(text), "test"});
  }
  std::string file(const char* name, std::string_view text) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
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

TEST_F(SendMessage, AReadyMessageKeepsItsBodyAndLosesBcc) {
  option("message", file("m", "From: a@x.example\nTo: b@x.example\n"
                              "Bcc: c@x.example,\n\td@x.example\n"
                              "Date: Fri, 20 Nov 2026 12:00:00 +0100\n"
                              "Message-ID: <1@x.example>\n\n.\nbody"));
  option("read-recipients", "");
  invocation_.arguments = {"e@x.example", "b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(content(*message),
            "From: a@x.example\r\nTo: b@x.example\r\n"
            "Date: Fri, 20 Nov 2026 12:00:00 +0100\r\n"
            "Message-ID: <1@x.example>\r\n\r\n.\r\nbody\r\n");
  EXPECT_EQ(message->envelope_from, "a@x.example");
  EXPECT_EQ(message->recipients,
            (std::vector<std::string>{"b@x.example", "c@x.example",
                                      "d@x.example", "e@x.example"}));
  EXPECT_EQ(message->message_id, "<1@x.example>");
}

TEST_F(SendMessage, TheNullSender) {
  option("message", file("m", "From: a@x.example\n\nx\n"));
  option("envelope-from", "");
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->envelope_from, "");
}

struct BadMessage {
  const char* why;
  std::string_view text;
  const char* words;
};

const BadMessage kBad[] = {
    {"empty", "", "is empty, not a message"},
    {"NUL", std::string_view("A: b\n\nx\0y\n", 10), "line 3"},
    {"bare CR", "A: b\n\nx\ry\n", "line 3"},
};

TEST_F(SendMessage, WhatMailCannotCarryNamesTheLine) {
  for (const auto& c : kBad) {
    Invocation invocation{.command = "send"};
    invocation.options.add("message", {file("m", c.text), "test"});
    invocation.options.add("envelope-from", {"a@x.example", "test"});
    invocation.arguments = {"b@x.example"};
    const auto message = prepare_message(invocation);
    ASSERT_FALSE(message) << c.why;
    EXPECT_EQ(message.error().kind, ErrorKind::bad_input) << c.why;
    EXPECT_NE(message.error().one_line().find(c.words), std::string::npos)
        << message.error().one_line();
  }
}

TEST_F(SendMessage, APartLabelledBinaryMayHoldAnything) {
  option("message", file("m", std::string("From: a@x.example\nMIME-Version: 1.0\n"
                              "Content-Type: application/octet-stream\n"
                              "Content-Transfer-Encoding: binary\n\n"
                              "x\ry\0z\n", 116)));
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->content->needs(), smtp::Body::binary_mime);
}

TEST_F(SendMessage, FixEncodesWhatMailCannotCarry) {
  option("message", file("m", "From: a@x.example\n\nx\ry\n"));
  option("fix", "");
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->content->needs(), smtp::Body::seven_bit);
  EXPECT_TRUE(content(*message).ends_with("\r\n\r\nx=0Dy\r\n"))
      << content(*message);
}

TEST_F(SendMessage, FixLeavesWhatIsSigned) {
  option("message", file("m", "From: a@x.example\nDKIM-Signature: v=1\n\nx\ry\n"));
  option("fix", "");
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().kind, ErrorKind::bad_input);
}

TEST_F(SendMessage, ARawHeaderIsEncodedAndAsksNothingOfTheServer) {
  option("message", file("m", "From: a@x.example\nSubject: Grüße\n\nx\n"));
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_FALSE(message->needs_smtputf8);
  EXPECT_EQ(message->content->needs(), smtp::Body::seven_bit);
  EXPECT_NE(content(*message).find("Subject: =?utf-8?"), std::string::npos);
}

TEST_F(SendMessage, ARawHeaderThatIsSignedAsksForSmtputf8) {
  option("message", file("m", "From: a@x.example\nSubject: Grüße\n"
                              "DKIM-Signature: v=1\n\nx\n"));
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_TRUE(message->needs_smtputf8);
  EXPECT_EQ(message->content->needs(), smtp::Body::eight_bit_mime);
}

TEST_F(SendMessage, AHeaderInWindows1252IsEncoded) {
  option("message", file("m", "From: J\xf6rg <a@x.example>\n"
                              "Subject: caf\xe9\n\nx\n"));
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_FALSE(message->needs_smtputf8);
  EXPECT_EQ(message->content->needs(), smtp::Body::seven_bit);
  EXPECT_NE(content(*message).find("From: =?utf-8?B?SsO2cmc=?= <a@x.example>"),
            std::string::npos);
}

TEST_F(SendMessage, AHeaderThatStaysRawGoesToNoServerThatTakesNoOctetAbove127) {
  for (const auto* text :
       {"From: a@x.example\nSubject: \x81\n\nx\n",
        "From: a@x.example\nReceived: \xe9\nSubject: \xe9\n\nx\n",
        "From: a@x.example\nSubject: \xe9\nDKIM-Signature: v=1\n\nx\n"}) {
    Invocation invocation{.command = "send"};
    invocation.options.add("message", {file("m", text), "test"});
    invocation.arguments = {"b@x.example"};
    const auto message = prepare_message(invocation);
    ASSERT_TRUE(message) << message.error().one_line();
    EXPECT_FALSE(message->needs_smtputf8);
    EXPECT_TRUE(message->content->text(smtp::Body::eight_bit_mime)) << text;
    const auto refused = message->content->text(smtp::Body::seven_bit);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().kind, ErrorKind::bad_input);
    EXPECT_FALSE(refused.error().hint.empty());
  }
}

TEST_F(SendMessage, TheHeaderOfAnAttachedMessageIsEncodedWhereItMust) {
  option("message", file("m", "From: a@x.example\nMIME-Version: 1.0\n"
                              "Content-Type: message/rfc822\n"
                              "Content-Transfer-Encoding: 8bit\n\n"
                              "Subject: \xe9\n\nx\n"));
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  const auto encoded = message->content->text(smtp::Body::seven_bit);
  ASSERT_TRUE(encoded) << encoded.error().one_line();
  EXPECT_EQ(encoded->body, smtp::Body::seven_bit);
}

TEST_F(SendMessage, OctetsAbove127AreEncodedForAServerThatTakesNone) {
  option("message", file("m", "From: a@x.example\n\nhällo\n"));
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->content->needs(), smtp::Body::eight_bit_mime);
  const auto as_it_is = message->content->text(smtp::Body::eight_bit_mime);
  ASSERT_TRUE(as_it_is);
  EXPECT_EQ(as_it_is->body, smtp::Body::eight_bit_mime);
  EXPECT_EQ(as_it_is->octets, message->content->size());
  const auto encoded = message->content->text(smtp::Body::seven_bit);
  ASSERT_TRUE(encoded) << encoded.error().one_line();
  EXPECT_EQ(encoded->body, smtp::Body::seven_bit);
  EXPECT_GT(encoded->octets, message->content->size());
}

TEST_F(SendMessage, WhoSendsOnIsTheSender) {
  option("message", file("m", "Resent-From: new@x.example\n"
                              "Resent-To: bob@x.example\n"
                              "Resent-From: old@x.example\n"
                              "From: author@x.example\n\nx\n"));
  option("read-recipients", "");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->envelope_from, "new@x.example");
}

TEST_F(SendMessage, AMessageWithoutFromGetsThatOfTheEnvelope) {
  option("message", file("m", "Subject: x\n\nx\n"));
  option("envelope-from", "a@x.example");
  invocation_.arguments = {"b@x.example"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_NE(content(*message).find("From: a@x.example\r\n"),
            std::string::npos);
  EXPECT_TRUE(message->message_id.ends_with("@x.example>"));
}

TEST_F(SendMessage, BinaryAttachmentsAreEncodedWhereTheServerWantsIt) {
  option("from", "a@x.example");
  option("to", "b@x.example");
  option("body", "x");
  option("binary", "");
  option("attach", file("data.bin", std::string("\0\r\n\xff", 4)));
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->content->needs(), smtp::Body::binary_mime);
  EXPECT_NE(content(*message).find(std::string("\0\r\n\xff", 4)),
            std::string::npos);
  const auto encoded = message->content->text(smtp::Body::seven_bit);
  ASSERT_TRUE(encoded) << encoded.error().one_line();
  EXPECT_EQ(encoded->body, smtp::Body::seven_bit);
}

TEST_F(SendMessage, Composes) {
  option("from", "Alice <a@x.example>");
  option("to", "b@x.example");
  option("bcc", "hidden@x.example");
  option("subject", "Grüße");
  option("body", "hello");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  const auto text = content(*message);
  EXPECT_NE(text.find("\r\nTo: b@x.example\r\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("hidden@x.example"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\nhello\r\n"));
  EXPECT_EQ(message->recipients,
            (std::vector<std::string>{"b@x.example", "hidden@x.example"}));
}

TEST_F(SendMessage, ComposingNeedsASenderAndRecipients) {
  option("body", "x");
  option("subject", "y");
  EXPECT_EQ(prepare_message(invocation_).error().kind, ErrorKind::usage);
  option("from", "a@x.example");
  EXPECT_EQ(prepare_message(invocation_).error().one_line(), "no recipient");
}

TEST_F(SendMessage, NoLineBreakGetsIntoTheHeader) {
  for (const char* name : {"subject", "to", "cc", "reply-to", "in-reply-to",
                           "header", "from"}) {
    Invocation invocation{.command = "send"};
    invocation.options.add("from", {"a@x.example", "test"});
    invocation.options.add("to", {"b@x.example", "test"});
    invocation.options.add("body", {"x", "test"});
    invocation.options.add(name, {"X: c@x.example\r\nBcc: d@x.example", "test"});
    const auto message = prepare_message(invocation);
    ASSERT_FALSE(message) << name;
    EXPECT_EQ(message.error().kind, ErrorKind::usage) << name;
  }
}

TEST_F(SendMessage, AttachmentSpecs) {
  option("from", "a@x.example");
  option("to", "b@x.example");
  option("body", "x");
  option("attach", file("a.txt", "one") + ";type=application/x-one;name=One");
  option("attach", file("b;c.txt", "two"));
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  const auto text = content(*message);
  EXPECT_NE(text.find("application/x-one"), std::string::npos);
  EXPECT_NE(text.find("filename=\"b;c.txt\""), std::string::npos) << text;

  Invocation missing{.command = "send"};
  missing.options.add("from", {"a@x.example", "test"});
  missing.options.add("to", {"b@x.example", "test"});
  missing.options.add("body", {"x", "test"});
  missing.options.add("attach", {"/nonexistent", "test"});
  EXPECT_EQ(prepare_message(missing).error().kind, ErrorKind::no_input);
}

}  // namespace
}  // namespace mailtool::app
